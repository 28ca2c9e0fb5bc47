"""What the rows of one person say in the words of the policies: what is in force, and what must not hide what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from orchestrator.domain.instant import to_micros
from orchestrator.engine.register import standing_facts
from orchestrator.store.pool import CeaseRow, ConsumerRow, HoldRow, Pool
from policies.vocabulary import RuleKind
from tests.unit.policies.single_rule import decision, facts_from

AT = datetime(2026, 3, 4, 18, tzinfo=UTC)
ANN = ConsumerRow("c", "p", "person", "Ann", "Li", None, None, "en", "US", [], [], 0)


def standing(at: datetime = AT, **rows: Any) -> dict[str, Any]:
    return standing_facts(Pool("p", {"c": ANN}, **rows), ANN, ["a"], at)


def cease(form: str, via: str | None = None, *, day: int = 1) -> CeaseRow:
    return CeaseRow(f"ce{day}", "c", form, via, True, None, to_micros(datetime(2026, 3, day, tzinfo=UTC)))


@pytest.mark.parametrize("forms", [("oral", "written"), ("written", "oral"), ("oral", "electronic", "oral")])
def test_a_spoken_cease_does_not_hide_one_in_writing(forms: tuple[str, ...]) -> None:
    rows = [cease(form, "voice", day=day) for day, form in enumerate(forms, 1)]
    facts = facts_from({"at": AT.isoformat(), "channel": "email"}, **standing(ceases=rows))
    assert facts.cease is not None
    assert facts.cease.form == ("electronic" if "electronic" in forms else "written")
    assert decision(RuleKind.CEASE, {}, facts) == "deny"


@pytest.mark.parametrize(
    ("rows", "closed"),
    [
        ([cease("oral", "voice")], {"voice"}),
        ([cease("oral")], {"voice"}),
        ([cease("oral", "voice"), cease("oral", "visit", day=2)], {"voice", "visit"}),
        ([cease("written"), cease("oral", "voice", day=2)], {"voice"}),
        ([cease("written", "letter")], set()),
    ],
)
def test_every_spoken_cease_stops_the_medium_it_was_spoken_in(rows: list[CeaseRow], closed: set[str]) -> None:
    """Also where one in writing stands beside it: that one leaves notices open which the spoken one closes."""
    given = standing(ceases=rows)
    found = {
        channel
        for channel in ("voice", "visit", "email", "letter")
        if decision(RuleKind.MEDIUM_STOP, {}, facts_from({"at": AT.isoformat(), "channel": channel}, **given))
        == "deny"
    }
    assert found == closed


@pytest.mark.parametrize(
    ("zones", "at", "answer"),
    [
        (["America/Chicago", "Pacific/Pago_Pago"], "2026-03-21T10:59:59+00:00", "hold"),
        (["America/Chicago", "Pacific/Pago_Pago"], "2026-03-21T11:00:00+00:00", "allow"),
        (["America/Chicago"], "2026-03-21T04:59:59+00:00", "hold"),
        (["America/Chicago"], "2026-03-21T05:00:00+00:00", "allow"),
        (["America/Chicago", "Pacific/Kiritimati"], "2026-03-09T10:00:00+00:00", "hold"),
        (["America/Chicago", "Pacific/Kiritimati"], "2026-03-09T09:59:59+00:00", "allow"),
    ],
)
def test_a_holds_first_and_last_day_count_in_every_plausible_zone(
    zones: list[str], at: str, answer: str
) -> None:
    row = HoldRow("h", "c", None, "hardship", date(2026, 3, 10), date(2026, 3, 20), 0)
    given = standing(datetime.fromisoformat(at), holds=[row])
    facts = facts_from({"at": at}, zones=zones, **given)
    assert decision(RuleKind.HOLD, {}, facts) == answer
