"""The letter that would leave, as PDF: who sees it, that it is the very one, and that looking changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.contract import Message
from channels.letter.pdf import Pdf, Typesetter
from channels.letter.preview import MARKS, typeset
from orchestrator.bootstrap import Runtime
from orchestrator.engine import dispatch
from orchestrator.engine.envelope import build_messages
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from orchestrator.services.contact_panel import read_panel
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.faces.conftest import Count
from tests.integration.letters.sheet import whole_text

LETTER = "/consumers/C-1/contact/letter.pdf"
LINK = "The letter as PDF"


@pytest.fixture(autouse=True)
def _address(runtime: Runtime, tmp_path: Path) -> None:
    """Maria lives somewhere."""
    book = tmp_path / "addresses.csv"
    book.write_text(
        "consumer_id,kind,given_name,family_name,country,subdivision,postal_code,city,address_line1,language,"
        "account_id,creditor,actor,currency,balance,delinquent_since,account_label\n"
        "C-1,person,Maria,Canary,US,US-IL,60614,Chicago,12 Lake St,en,"
        "A-1,harbor-bank,third_party_collector,USD,120.50,2026-05-01,ending 1\n",
        "utf-8",
    )
    found = import_file(runtime.database, book, ImportOptions(), runtime.clock, runtime.sealer)
    assert found.rejected == 0


def key(runtime: Runtime) -> str:
    panel = read_panel(runtime.house, "C-1", "A-1")
    return next(one.key for one in panel.answers if one.channel == "letter")


def text_of(data: bytes) -> str:
    return " ".join(whole_text(Pdf(data, 1)).split())


def unmarked(text: str) -> str:
    """What a preview says beside its mark."""
    return " ".join(text.replace(MARKS["en"], " ").split())


@pytest.mark.parametrize("role", ["collector", "campaign_manager"])
def test_who_makes_contacts_sees_the_letter_and_nothing_leaves(
    runtime: Runtime, enter: Enter, count: Count, role: str
) -> None:
    browser = enter(role)
    tables = ("attempt", "verdict", "ledger_entry", "contact_event")
    before = [count(table) for table in tables]
    answer = browser.get(LETTER, params={"account": "A-1", "contact_point": key(runtime)})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    text = text_of(answer.content)
    for said in ("Maria Canary", "12 Lake St", "$120.50", "PREVIEW", "Preview, not sent"):
        assert said in text, said
    assert [count(table) for table in tables] == before


def test_the_panel_leads_to_it_where_a_contact_may_be_made(runtime: Runtime, enter: Enter) -> None:
    def panel(browser: Browser) -> str:
        asked = {"contact_point": key(runtime)}
        return browser.get("/consumers/C-1/contact", params=asked, headers={"HX-Request": "true"}).text

    html = panel(enter("collector"))
    assert LINK in words(html)
    link = html.split("letter.pdf?")[1].split('"')[0].replace("&amp;", "&")
    assert enter("collector").get(f"{LETTER}?{link}").status_code == 200
    assert LINK not in words(panel(enter("auditor")))


def test_it_is_the_very_letter_that_leaves(
    runtime: Runtime, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, sent = enter("collector"), list[Message]()

    def spy(house: object, attempts: object) -> dict[str, Message]:
        made = build_messages(house, attempts)  # type: ignore[arg-type]
        sent.extend(made.values())
        return made

    monkeypatch.setattr(dispatch, "build_messages", spy)
    asked = {"account": "A-1", "contact_point": key(runtime), "template": "reminder", "language": "en"}
    shown = text_of(browser.get(LETTER, params=asked).content)
    browser.post("/consumers/C-1/contact/send", {**asked, "key": "only-once"})
    assert len(sent) == 1
    left = text_of(typeset(sent[0], Typesetter(), "letter_spool")[0].data)
    assert MARKS["en"] in shown
    assert MARKS["en"] not in left
    assert left.replace(sent[0].attempt_id[-10:].upper(), "PREVIEW") == unmarked(shown)


def test_a_reader_of_chinese_sees_the_mark_in_chinese(runtime: Runtime, enter: Enter) -> None:
    answer = enter("collector", language="zh").get(LETTER, params={"account": "A-1"})
    text = text_of(answer.content)
    assert MARKS["zh"] in text
    assert MARKS["en"] not in text


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"contact_point": "letter:none"}, 404), ({"account": "A-2"}, 404), ({"template": "reminder"}, 200)],
)
def test_what_is_not_there_is_not_found(enter: Enter, asked: dict[str, str], status: int) -> None:
    browser = enter("collector")
    assert browser.get(LETTER, params={"account": "A-1"} | asked).status_code == status
    assert browser.get("/consumers/nobody/contact/letter.pdf").status_code == 404
    assert enter("auditor").get(LETTER).status_code == 403


def test_a_program_gets_the_same(runtime: Runtime, enter: Enter) -> None:
    headers = {"Authorization": f"Bearer {runtime.api_keys.add('letters', 'collector')[1]}"}
    asked = {"consumer_id": "C-1", "account_id": "A-1"}
    answer = enter("collector").client.get("/api/v1/contacts/letter.pdf", params=asked, headers=headers)
    assert answer.status_code == 200
    assert "Maria Canary" in text_of(answer.content)
    missing = enter("collector").client.get(
        "/api/v1/contacts/letter.pdf", params=asked | {"account_id": "A-2"}, headers=headers
    )
    assert missing.status_code == 404
