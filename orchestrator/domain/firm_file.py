"""Read the firm file: YAML as strings, typed, every finding with its line. An unfit file is refused whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import msgspec
import yaml

from orchestrator.domain.cadence import StepChannel
from orchestrator.domain.country import COUNTRIES
from orchestrator.domain.currency import CURRENCIES
from orchestrator.domain.diagnostic import Diagnostic
from orchestrator.domain.firm import ANY_CREDITOR, Creditor, Firm
from orchestrator.domain.language import canonical
from orchestrator.errors import SettingError

_PATH = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{2,23}")
_LINK = re.compile(r"https://[^\s/]+\S*")
_MAILBOX = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_PLACE = re.compile(r"[a-z]{2}(-[a-z0-9]+)*")
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9 ]{1,11}|[0-9]{3,20}")
# words that tell a bystander what the firm does
_REVEALING = re.compile(r"collect|recover|debt|receivable|credit|催收|清收|债|cobran|deud", re.IGNORECASE)
WARN_DAYS = 60


class FirmError(SettingError):
    """A firm file that is not taken; `diagnostics` lists what is wrong with it."""

    code = "bad_firm"

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        first = diagnostics[0]
        more = f" and {len(diagnostics) - 1} more" if len(diagnostics) > 1 else ""
        super().__init__(first.message + more, where=f"{first.file}:{first.line}", hint=first.hint or None)
        self.diagnostics = tuple(diagnostics)


def load(path: Path | None) -> Firm:
    """The firm of a YAML file, or the packaged sample firm where none is named; anything wrong is one FirmError."""
    body, file = _text(path)
    return parse(body, file)


def _text(path: Path | None) -> tuple[str, str]:
    if path is None:
        return (resources.files("orchestrator.sample") / "firm.yaml").read_text(
            encoding="utf-8"
        ), "sample firm.yaml"
    try:
        return path.read_text(encoding="utf-8"), str(path)
    except OSError as problem:
        raise SettingError(
            f"the firm file cannot be read: {problem.strerror}", where=str(path), hint="set DUECOURSE_FIRM"
        ) from None
    except UnicodeDecodeError:
        raise SettingError("the firm file is not UTF-8", where=str(path)) from None


def parse(body: str, file: str) -> Firm:
    """The firm in `body`; what makes it unfit is one FirmError with every finding."""
    source = _Source(body, file)
    try:
        firm = msgspec.convert(source.data, Firm, strict=False)
    except msgspec.ValidationError as problem:
        raise FirmError([source.explain(str(problem))]) from None
    wrong = list(_errors(firm, source))
    if wrong:
        raise FirmError(wrong)
    return firm


def lint(body: str, file: str, today: date) -> list[Diagnostic]:
    """Everything to mend in the firm file, by line.

    What makes it unfit, and what will stand in the way of contacts.
    """
    try:
        firm = parse(body, file)
    except FirmError as error:
        return sorted(error.diagnostics, key=lambda found: found.line)
    return sorted(_warnings(firm, _Source(body, file), today), key=lambda found: found.line)


def lint_file(path: Path | None, today: date) -> list[Diagnostic]:
    """`lint` of a file, or of the packaged sample firm."""
    return lint(*_text(path), today)


class _Source:
    """The YAML as plain strings, and the line of every path such as `.creditors[0].id`."""

    def __init__(self, body: str, file: str):
        self.file = file
        self.lines: dict[str, int] = {}
        try:
            root = yaml.compose(body, Loader=yaml.BaseLoader)
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            reason = getattr(problem, "problem", None) or "not readable"
            raise FirmError(
                [Diagnostic(file, mark.line + 1 if mark else 1, "yaml", f"not YAML: {reason}")]
            ) from None
        if not isinstance(root, yaml.MappingNode):
            raise FirmError(
                [Diagnostic(file, 1, "firm_empty", "a firm file is a mapping", "write name: ...")]
            )
        self.data = self._plain(root, "")

    def _plain(self, node: yaml.Node, path: str) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            plain: dict[str, Any] = {}
            for key, value in node.value:
                line = key.start_mark.line + 1
                if key.value in plain:
                    raise FirmError([Diagnostic(self.file, line, "twice", f"{key.value!r} is there twice")])
                self.lines[f"{path}.{key.value}"] = line
                plain[key.value] = self._plain(value, f"{path}.{key.value}")
            return plain
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, f"{path}[{number}]") for number, item in enumerate(node.value)]
        return node.value

    def at(self, path: str) -> int:
        """The line of a path, or of the nearest one above it that is there."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)

    def explain(self, message: str) -> Diagnostic:
        """msgspec's words with the line instead of the path."""
        match = _PATH.search(message)
        path = match["path"] if match else ""
        where = path.removeprefix(".") or "the file"
        hint = "see docs/reference/firm.md for the fields"
        return Diagnostic(self.file, self.at(path), "firm_shape", f"{where}: {_PATH.sub('', message)}", hint)

    def found(self, path: str, code: str, message: str, hint: str = "") -> Diagnostic:
        """A finding at a path."""
        return Diagnostic(self.file, self.at(path), code, f"{path.removeprefix('.')}: {message}", hint)


def _errors(firm: Firm, source: _Source) -> Iterator[Diagnostic]:
    for path in ("name", "neutral_name"):
        if not getattr(firm, path).strip():
            yield source.found(f".{path}", "empty", "is empty")
    yield from _wrong_countries(firm, source)
    yield from _wrong_languages(firm, source)
    yield from _wrong_phones(firm, source)
    yield from _wrong_prices(firm, source)
    if firm.time_zone and firm.time_zone not in available_timezones():
        yield source.found(".time_zone", "zone", f"{firm.time_zone!r} is not an IANA time zone")
    for number, licence in enumerate(firm.licences):
        if not _PLACE.fullmatch(licence.jurisdiction):
            path = f".licences[{number}].jurisdiction"
            yield source.found(path, "jurisdiction", f"{licence.jurisdiction!r} is not a path like us-ny-nyc")
    seen: set[str] = set()
    for number, creditor in enumerate(firm.creditors):
        if creditor.id in seen:
            yield source.found(
                f".creditors[{number}].id", "twice", f"creditor {creditor.id!r} is there twice"
            )
        seen.add(creditor.id)
        yield from _wrong_creditor(creditor, f".creditors[{number}]", source)


def _wrong_countries(firm: Firm, source: _Source) -> Iterator[Diagnostic]:
    paths = [
        f".{name}.{key}"
        for name in ("phones", "complaint_phones", "sender_ids")
        for key in getattr(firm, name)
    ]
    for number, creditor in enumerate(firm.creditors):
        paths += [f".creditors[{number}].sender_ids.{key}" for key in creditor.sender_ids]
    for path in paths:
        key = path.rpartition(".")[2]
        if key not in COUNTRIES and key != "default":
            yield source.found(path, "country", f"{key!r} is neither a country of ISO 3166-1 nor default")
    for number, address in enumerate(firm.addresses):
        if address.country is not None and address.country not in COUNTRIES:
            path = f".addresses[{number}].country"
            yield source.found(path, "country", f"{address.country!r} is not a country of ISO 3166-1")


def _wrong_languages(firm: Firm, source: _Source) -> Iterator[Diagnostic]:
    tags = [(f".languages[{number}]", tag) for number, tag in enumerate(firm.languages)]
    tags += [
        (f".{name}.{tag}", tag) for name in ("names", "neutral_names", "hours") for tag in getattr(firm, name)
    ]
    for number, creditor in enumerate(firm.creditors):
        at = f".creditors[{number}]"
        tags += [(f"{at}.default_language", creditor.default_language)]
        tags += [
            (f"{at}.{name}.{tag}", tag)
            for name in ("names", "legal_basis")
            for tag in getattr(creditor, name)
        ]
    for path, tag in tags:
        try:
            canonical("en" if tag == "default" else tag)
        except ValueError as problem:
            yield source.found(path, "language", str(problem))


def _wrong_phones(firm: Firm, source: _Source) -> Iterator[Diagnostic]:
    for name in ("phones", "complaint_phones"):
        for country, phone in getattr(firm, name).items():
            if not _PHONE.fullmatch(phone):
                yield source.found(f".{name}.{country}", "phone", f"{phone!r} is not a telephone number")
    for country, ids in firm.sender_ids.items():
        yield from _wrong_sender_ids(ids.sms, ids.voice, f".sender_ids.{country}", source)
    if firm.email and not _MAILBOX.fullmatch(firm.email.from_):
        yield source.found(".email.from", "mailbox", f"{firm.email.from_!r} is not one mailbox")


def _wrong_prices(firm: Firm, source: _Source) -> Iterator[Diagnostic]:
    for channel, price in firm.prices.items():
        at = f".prices.{channel}"
        if channel not in set(StepChannel):
            yield source.found(
                at, "channel", f"{channel!r} is no channel", f"one of {', '.join(StepChannel)}"
            )
        if not (price.amount.is_finite() and 0 <= price.amount < 10_000):
            yield source.found(f"{at}.amount", "amount", f"{price.amount} is no price of a contact")
        if price.currency not in CURRENCIES:
            yield source.found(
                f"{at}.currency", "currency", f"{price.currency!r} is not a currency of ISO 4217"
            )
        if price.per == "segment" and channel != "sms":
            yield source.found(f"{at}.per", "per", "only a text has segments", "write per: contact")


def _wrong_sender_ids(sms: str | None, voice: str | None, path: str, source: _Source) -> Iterator[Diagnostic]:
    if sms and not (_E164.fullmatch(sms) or _ALPHANUMERIC.fullmatch(sms)):
        yield source.found(f"{path}.sms", "sender_id", f"{sms!r} is neither E.164 nor a sender id")
    if voice and not _E164.fullmatch(voice):
        yield source.found(f"{path}.voice", "sender_id", f"{voice!r} is not E.164, like +12025550148")


def _wrong_creditor(creditor: Creditor, at: str, source: _Source) -> Iterator[Diagnostic]:
    if not creditor.name.strip():
        yield source.found(f"{at}.name", "empty", "is empty")
    for name in ("official_phone", "complaint_phone"):
        phone = getattr(creditor, name)
        if phone and not _PHONE.fullmatch(phone):
            yield source.found(f"{at}.{name}", "phone", f"{phone!r} is not a telephone number")
    if creditor.payment_link and not _LINK.fullmatch(creditor.payment_link):
        yield source.found(f"{at}.payment_link", "link", f"{creditor.payment_link!r} is not an https address")
    if creditor.email:
        for name, mailbox in (("from", creditor.email.from_), ("reply_to", creditor.email.reply_to)):
            if mailbox and not _MAILBOX.fullmatch(mailbox):
                yield source.found(f"{at}.email.{name}", "mailbox", f"{mailbox!r} is not one mailbox")
    for country, ids in creditor.sender_ids.items():
        yield from _wrong_sender_ids(ids.sms, ids.voice, f"{at}.sender_ids.{country}", source)


def _warnings(firm: Firm, source: _Source, today: date) -> Iterator[Diagnostic]:
    if _REVEALING.search(firm.neutral_name):
        hint = "voicemails and envelopes show it; choose a name that says nothing about debts"
        yield source.found(
            ".neutral_name", "reveals", f"{firm.neutral_name!r} tells what the firm does", hint
        )
    needs = (
        ("addresses", "letters and e-mails state an address: they are held without it"),
        ("phones", "every message states a phone: all are held without it"),
        ("complaint_phones", "contacts in China are held without it"),
        ("agents", "voice contacts are held without an employee's alias"),
        ("hours", "letters leave the opening hours out"),
        ("licences", "licences by jurisdiction, with their end, are watched here"),
    )
    for name, consequence in needs:
        if not getattr(firm, name):
            yield source.found(f".{name}", "missing", "is missing", consequence)
    yield from _licence_warnings(firm, source, today)
    if not firm.creditors:
        yield source.found(
            ".creditors", "missing", "no creditor is listed", "every contact is held without its creditor"
        )
    for number, creditor in enumerate(firm.creditors):
        yield from _creditor_warnings(firm, creditor, f".creditors[{number}]", source)


def _licence_warnings(firm: Firm, source: _Source, today: date) -> Iterator[Diagnostic]:
    for number, licence in enumerate(firm.licences):
        path = f".licences[{number}].ends_on"
        if licence.ends_on is not None and licence.ends_on < today:
            yield source.found(
                path, "expired", f"the licence for {licence.jurisdiction} ended on {licence.ends_on}"
            )
        elif licence.ends_on is not None and licence.ends_on < today + timedelta(days=WARN_DAYS):
            yield source.found(
                path, "expires", f"the licence for {licence.jurisdiction} ends on {licence.ends_on}"
            )


def _creditor_warnings(firm: Firm, creditor: Creditor, at: str, source: _Source) -> Iterator[Diagnostic]:
    if creditor.id == ANY_CREDITOR:
        yield source.found(
            f"{at}.id", "any_creditor", "stands for every creditor not listed", "for trying out only"
        )
    if not creditor.official_phone:
        yield source.found(
            f"{at}.official_phone", "missing", "is missing", "contacts in China are held without it"
        )
    if not (creditor.email or firm.email):
        yield source.found(f"{at}.email", "missing", "is missing", "e-mails are held without a sender")
    if not (creditor.sender_ids or firm.sender_ids):
        yield source.found(
            f"{at}.sender_ids", "missing", "is missing", "texts and calls need a number to come from"
        )
    if not creditor.payment_link:
        yield source.found(
            f"{at}.payment_link", "missing", "is missing", "messages leave the link to pay out"
        )
