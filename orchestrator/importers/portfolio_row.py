"""One row of a portfolio, checked by itself: what it says of a consumer, an account and their standing."""

from __future__ import annotations

from typing import Any

import msgspec

from orchestrator.domain.contact_value import normal
from orchestrator.domain.phone_number import Number
from orchestrator.importers import phone, place
from orchestrator.importers.cell import CellError, amount
from orchestrator.importers.row import Row, RowError
from orchestrator.store.sealing import Sealer

CONSUMER_FIELDS = (
    "kind", "person_key", "given_name", "family_name", "organization", "date_of_birth", "language",
    "country", "time_zone",
)  # fmt: skip
ACCOUNT_FIELDS = (
    "actor", "currency", "delinquent_since", "original_creditor", "account_label", "product", "placed_on",
    "new_placement", "charged_off_on", "last_payment_on", "limitation_on", "instalments_total",
    "instalments_overdue",
    "itemization_on", "itemization_creditor",
)  # fmt: skip
MONEY_FIELDS = (
    "balance", "principal", "interest", "fees", "itemization_amount", "itemization_interest",
    "itemization_fees",
    "itemization_payments",
)  # fmt: skip
CALLED = {"balance_minor": "balance", "creditor_id": "creditor"}
"""Fields whose column has another name."""
_REQUIRED_CONSUMER = ("kind", "country")
_REQUIRED_ACCOUNT = ("creditor_id", "actor", "currency", "balance_minor", "delinquent_since")
_MAY_BE_NEGATIVE = frozenset({"principal", "interest", "fees"})
_CONSENTS = (("consent_sms", "electronic", "sms"), ("consent_email", "electronic", "email"),
             ("consent_voice", "automated_voice", "voice"))  # fmt: skip


Where = tuple[str | None, str | None, str | None, str | None]


class Point(msgspec.Struct, frozen=True, gc=False):
    """A way to reach somebody. `sealed` as used for sending; `index` finds equal ones.

    `zones` is the JSON text of the column, `where` country, subdivision, city and postal code of an address.
    """

    kind: str
    sealed: bytes
    index: str
    number_kind: str | None = None
    zones: str = "[]"
    where: Where = (None, None, None, None)


Lacks = tuple[tuple[str, ...], tuple[str, ...]]
# one for all rows: what hands them to another process then says it once
_LACKS_NOTHING: Lacks = ((), ())
_NO_CELLS: dict[str, Any] = {}


class PortfolioRow(msgspec.Struct, gc=False):
    """What one row says; only cells that were filled.

    Money is minor units, dates ISO text, instants microseconds. `lacks`: what is missing if the consumer is new,
    and if the account is.
    """

    row: Row
    consumer_id: str
    account_id: str
    consumer: dict[str, Any]
    account: dict[str, Any]
    account_number: tuple[bytes, str] | None
    points: list[Point]
    zones: place.Zones
    jurisdictions: tuple[str, ...]
    consents: list[tuple[str, str, int]] = []
    notices: list[tuple[str, str, str | None]] = []
    opt_outs: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    lacks: Lacks = _LACKS_NOTHING


def prepare(row: Row, sealer: Sealer) -> PortfolioRow:
    """The row understood as far as it can be alone; a RowError names every cell that cannot be."""
    cells = row.values
    problems: list[str] = []
    for name in ("consumer_id", "account_id"):
        if name not in cells:
            problems.append(f"{name}: is empty")
    where = _place(cells, problems)
    points, zones = _points(cells, where, sealer, problems)
    consumer = {name: cells[name] for name in CONSUMER_FIELDS if name in cells}
    account = {name: cells[name] for name in ACCOUNT_FIELDS if name in cells}
    if "creditor" in cells:
        account["creditor_id"] = cells["creditor"]
    _add_money(cells, account, problems)
    _check_notices(cells, problems)
    if problems:
        raise RowError("; ".join(problems), cells)
    stated = ((cells["time_zone"], "stated"),) if "time_zone" in cells else ()
    number = cells.get("account_number")
    return PortfolioRow(
        # what the cells say is in the fields below
        row=Row(row.line, row.cells, _NO_CELLS),
        consumer_id=cells["consumer_id"],
        account_id=cells["account_id"],
        consumer=consumer,
        account=account,
        account_number=(sealer.seal(number), sealer.index("account", number)) if number else None,
        points=points,
        zones=place.join_zones(stated, where.zones, *zones),
        jurisdictions=where.jurisdictions,
        consents=[(kind, channel, cells[name]) for name, kind, channel in _CONSENTS if name in cells],
        notices=_notices(cells),
        opt_outs=cells.get("opt_out", ()),
        holds=cells.get("holds", ()),
        lacks=_lacks(consumer, account, points),
    )


def protective_part(row: Row) -> PortfolioRow | None:
    """The opt-outs and holds of a row that is refused: they are taken all the same."""
    cells = row.values
    if "consumer_id" not in cells or not ("opt_out" in cells or "holds" in cells):
        return None
    return PortfolioRow(
        row=row,
        consumer_id=cells["consumer_id"],
        account_id=cells.get("account_id", ""),
        consumer={},
        account={},
        account_number=None,
        points=[],
        zones=(),
        jurisdictions=(),
        opt_outs=cells.get("opt_out", ()),
        holds=cells.get("holds", ()),
    )


def _place(cells: dict[str, Any], problems: list[str]) -> place.Place:
    try:
        return place.understand(
            cells.get("country"), cells.get("subdivision"), cells.get("city"), cells.get("postal_code")
        )
    except CellError as problem:
        problems.append(str(problem))
        return place.understand(None, None, None, None)


def _lacks(consumer: dict[str, Any], account: dict[str, Any], points: list[Point]) -> Lacks:
    lacks = tuple(_consumer_lacks(consumer, points)), tuple(_account_lacks(account))
    return lacks if any(lacks) else _LACKS_NOTHING


def _consumer_lacks(told: dict[str, Any], points: list[Point]) -> list[str]:
    lacks = [f"{name}: is empty, and the consumer is new" for name in _REQUIRED_CONSUMER if name not in told]
    if "organization" not in told and not ("given_name" in told and "family_name" in told):
        lacks.append("a name: given_name and family_name, or organization, and the consumer is new")
    if not points:
        lacks.append("no way to reach the consumer: email, mobile, landline or address_line1")
    return lacks


def _account_lacks(told: dict[str, Any]) -> list[str]:
    return [
        f"{CALLED.get(name, name)}: is empty, and the account is new"
        for name in _REQUIRED_ACCOUNT
        if name not in told
    ]


def _points(
    cells: dict[str, Any], where: place.Place, sealer: Sealer, problems: list[str]
) -> tuple[list[Point], list[place.Zones]]:
    """The points, and the zones that they suggest."""
    points: list[Point] = []
    zones: list[place.Zones] = []
    for column in ("mobile", "landline"):
        if column in cells:
            try:
                number = phone.parse(cells[column], cells.get("country"))
            except CellError as problem:
                problems.append(f"{column}: {problem}")
                continue
            zones.append(_number_zones(number, column))
            points.append(_number_point(number, column, zones[-1], sealer))
    if "email" in cells:
        points.append(plain_point("email", cells["email"], sealer))
    if "address_line1" in cells:
        block = place.postal_block(cells["address_line1"], cells.get("address_line2"), where)
        index = sealer.index("postal", normal("postal", block))
        stated = (where.country, where.subdivision, where.city, where.postal_code)
        zones.append(where.zones)
        points.append(
            Point("postal", sealer.seal(block), index, zones=place.zones_json(where.zones), where=stated)
        )
    return points, zones


def phone_point(cell: str, column: str, country: str | None, sealer: Sealer) -> Point:
    """A number as a contact point.

    Where the numbering plan knows the kind of line, it is believed over the column.
    """
    number = phone.parse(cell, country)
    return _number_point(number, column, _number_zones(number, column), sealer)


def _number_zones(number: Number, column: str) -> place.Zones:
    return tuple((zone, f"{column}_area_code") for zone, _ in place.number_zones(number.e164, number.line))


def _number_point(number: Number, column: str, zones: place.Zones, sealer: Sealer) -> Point:
    index = sealer.index("phone", number.e164)
    return Point("phone", sealer.seal(number.e164), index, number.line or column, place.zones_json(zones))


def plain_point(kind: str, value: str, sealer: Sealer) -> Point:
    """A mailbox or an address in one line as a contact point."""
    return Point(kind, sealer.seal(value), sealer.index(kind, normal(kind, value)))


def _add_money(cells: dict[str, Any], account: dict[str, Any], problems: list[str]) -> None:
    currency = account.get("currency")
    for name in MONEY_FIELDS:
        if name not in cells:
            continue
        if currency is None:
            problems.append(f"{name}: an amount needs its currency in the same row")
            continue
        try:
            minor = amount(cells[name], currency)
        except CellError as problem:
            problems.append(f"{name}: {problem}")
            continue
        if minor < 0 and name not in _MAY_BE_NEGATIVE:
            problems.append(f"{name}: {cells[name]!r} is below 0")
        account[f"{name}_minor"] = minor


def _check_notices(cells: dict[str, Any], problems: list[str]) -> None:
    if "validation_medium" in cells and "validation_sent_on" not in cells:
        problems.append("validation_medium: needs validation_sent_on beside it")


def _notices(cells: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    notices: list[tuple[str, str, str | None]] = []
    if "validation_sent_on" in cells:
        notices.append(("validation", cells["validation_sent_on"], cells.get("validation_medium")))
    if "agency_notice_on" in cells:
        notices.append(("agency_notice", cells["agency_notice_on"], None))
    return notices
