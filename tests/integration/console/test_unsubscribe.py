"""The page behind the links in our messages: it stops what is asked for and says nothing about a debt."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.console import language, unsubscribe
from orchestrator.domain.permission import Role
from orchestrator.engine.message import unsubscribe_token
from orchestrator.errors import UnavailableError
from orchestrator.services import preference
from tests.integration.console.conftest import Browser, words
from tests.integration.faces.conftest import Count


@pytest.fixture
def token(runtime: Runtime) -> str:
    """The link in a mail that went to Maria."""
    with runtime.database.write(runtime.clock) as unit:
        point = unit.query("SELECT id FROM contact_point WHERE consumer_id = 'C-1' AND kind = 'email'")[0][0]
        now = unit.now_micros
        unit.execute(
            "INSERT INTO attempt (id, consumer_id, account_ids, origin, requested_by, channel, contact_point_id,"
            " content, state, reserved_at, valid_until, not_after, epoch, fence, language) VALUES ('at_mail',"
            " 'C-1', '[\"A-1\"]', 'person', 'test', 'email', :point, 'collection', 'accepted', :now, :later,"
            " :later, 0, 0, 'en')",
            {"point": point, "now": now, "later": now + 3_600_000_000},
        )
    return unsubscribe_token(runtime.house, "at_mail")


@pytest.fixture
def headers(runtime: Runtime) -> dict[str, str]:
    return {"Authorization": f"Bearer {runtime.api_keys.add('asks', Role.COLLECTOR)[1]}"}


def decision(guest: Browser, headers: dict[str, str], consumer: str, channel: str) -> str:
    body = {"consumer_id": consumer, "channel": channel}
    return str(guest.client.post("/api/v1/contacts/check", json=body, headers=headers).json()["decision"])


def test_looking_changes_nothing(guest: Browser, count: Count, token: str) -> None:
    assert "What should we stop?" in words(guest.text(f"/u/{token}"))
    assert count("opt_out") == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_the_page_says_nothing_about_a_debt_and_leaves_nothing_behind(
    guest: Browser, runtime: Runtime, token: str, method: str, language: str
) -> None:
    answer = guest.client.request(method, f"/u/{token}?lang={language}")
    text = answer.text.lower()
    for word in (
        "debt",
        "owe",
        "collect",
        "harbor",
        "maria",
        "canary",
        "120",
        "payment",
        "account",
        "deuda",
        "cobr",
    ):
        assert not re.search(rf"\b{word}", text), word
    assert "欠款" not in text
    assert "催收" not in text
    assert "http" not in text
    assert "<script" not in text
    assert "duecourse" not in words(answer.text)
    assert "set-cookie" not in answer.headers
    assert preference.neutral_name(runtime.house, language) in answer.text


def test_one_click_stops_the_address_without_a_session(
    guest: Browser, headers: dict[str, str], token: str, count: Count
) -> None:
    for _ in range(2):
        answer = guest.client.post(
            f"/u/{token}", data={"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 200
    assert count("opt_out") == 1
    assert decision(guest, headers, "C-1", "email") == "deny"
    assert decision(guest, headers, "C-2", "email") == "allow"
    assert decision(guest, headers, "C-1", "sms") == "allow"


def test_everything_can_be_stopped(guest: Browser, headers: dict[str, str], token: str) -> None:
    answer = guest.client.post(f"/u/{token}", data={"scope": "all"})
    assert "Stopped: All messages and calls." in words(answer.text)
    assert decision(guest, headers, "C-1", "sms") == decision(guest, headers, "C-1", "voice") == "deny"


def test_twice_is_once(guest: Browser, count: Count, token: str) -> None:
    for _ in range(2):
        guest.client.post(f"/u/{token}", data={"scope": "channel"})
    assert count("opt_out") == 1


@pytest.mark.parametrize("scope", ["", "everything", "<script>canary</script>"])
def test_what_we_do_not_understand_is_a_stop_of_the_address(
    guest: Browser, headers: dict[str, str], token: str, scope: str
) -> None:
    answer = guest.client.post(f"/u/{token}", data={"scope": scope})
    assert answer.status_code == 200
    assert "canary" not in answer.text
    assert decision(guest, headers, "C-1", "email") == "deny"


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ("", {"data": {"scope": "s" * 5_000}}),
        ("", {"data": {"List-Unsubscribe": "One-Click" * 50}}),
        ("?lang=" + "e" * 500, {"data": {"List-Unsubscribe": "One-Click"}}),
        ("", {"files": {"scope": ("a.txt", b"all"), "List-Unsubscribe": ("b.txt", b"One-Click")}}),
        ("", {"content": b"\xff\x00 no form at all", "headers": {"Content-Type": "multipart/form-data"}}),
        ("", {"content": b"{}", "headers": {"Content-Type": "application/json"}}),
    ],
    ids=["long scope", "long click", "long language", "files", "broken form", "json"],
)
def test_however_it_is_asked_it_is_a_stop(
    guest: Browser, headers: dict[str, str], token: str, query: str, more: dict[str, Any]
) -> None:
    answer = guest.client.post(f"/u/{token}{query}", **more)
    assert answer.status_code == 200
    assert decision(guest, headers, "C-1", "email") == "deny"


@pytest.mark.parametrize("other", ["at_mail.00000000000000000000", "nothing", "at_other.x", "é.é"])
def test_a_token_that_we_did_not_sign_opens_nothing(guest: Browser, count: Count, other: str) -> None:
    assert guest.get(f"/u/{other}").status_code == 404
    assert guest.client.post(f"/u/{other}", data={"scope": "all"}).status_code == 404
    assert count("opt_out") == 0


def test_a_stop_that_was_not_kept_is_not_called_done(
    guest: Browser, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object) -> None:
        raise UnavailableError("the database did not answer")

    monkeypatch.setattr(preference, "stop", away)
    answer = guest.client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 503
    assert "Done" not in answer.text


def test_the_reader_is_spoken_to_in_their_own_language(guest: Browser, token: str) -> None:
    assert '<html lang="en">' in guest.text(f"/u/{token}")
    spanish = guest.text(f"/u/{token}?lang=es")
    assert "¿Qué debemos dejar de enviar?" in spanish
    unknown = guest.client.get("/u/nothing", headers={"Accept-Language": "es-MX,es;q=0.9"})
    assert "Este enlace ya no es válido" in unknown.text


def test_spanish_says_all_that_this_page_says() -> None:
    template = Path(unsubscribe.__file__).parent / "pages" / "unsubscribe" / "page.html"
    said = set(re.findall(r'_\("([^"]+)"', template.read_text("utf-8")))
    said |= {*unsubscribe.CHOICES.values(), unsubscribe.UNKNOWN, unsubscribe.AGAIN}
    spanish = language.translations("es")
    assert not [one for one in said if spanish.gettext(one) == one]
