"""What is wrong with an installation and how to mend it: configuration, database, providers, clock, fonts, keys,
packages, and what the book lacks before a first contact is lawful."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.domain import firm_file
from orchestrator.domain.firm import ANY_CREDITOR, Firm
from orchestrator.domain.instant import from_micros
from orchestrator.errors import DuecourseError
from orchestrator.settings import Settings
from orchestrator.store import migration, readiness
from orchestrator.store.database import Database
from orchestrator.store.readiness import Lacking
from orchestrator.store.sealing import Sealer
from policies.library import Library

DISTRIBUTION = "duecourse"
PACKAGES = ("policies", "channels", "templates", "orchestrator")
MOST_CLOCK_SKEW_S = 2.0
_AGENCIES = frozenset({"third_party_collector", "debt_buyer"})
# electronic contact needs recorded consent here, and wherever no pack of law stands
_CONSENT_PLACES = frozenset({"us-ny-nyc", "us-dc"})


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `hint` says how to mend it; `count` is how many accounts it is about."""

    area: str
    level: Level
    message: str
    hint: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined. `library` None: no valid policies are loaded."""

    settings: Settings
    database: Database
    clock: Clock
    sealer: Sealer
    firm: Firm
    library: Library | None
    simulated: Sequence[str] = ()


def examine(patient: Patient) -> list[Finding]:
    """Everything that was found, areas in a fixed order; nothing is raised to the caller."""
    found: list[Finding] = []
    areas: tuple[tuple[str, Callable[[Patient], Iterator[Finding]]], ...] = (
        ("configuration", _configuration),
        ("firm", _firm),
        ("policies", _policies),
        ("providers", _providers),
        ("packages", _packages),
        ("fonts", _fonts),
        ("database", _database),
        ("clock", _clock),
        ("keys", _keys),
        ("first contact", _first_contact),
    )
    for area, look in areas:
        try:
            found += list(look(patient))
        except DuecourseError as problem:
            found.append(Finding(area, Level.PROBLEM, problem.message, problem.hint or ""))
    return found


def is_well(found: Sequence[Finding]) -> bool:
    """Whether nothing stands in the way; warnings do not."""
    return all(finding.level is not Level.PROBLEM for finding in found)


def _configuration(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    yield Finding(
        "configuration", Level.OK, f"mode {settings.mode.value}, database {patient.database.dialect}"
    )
    if settings.secret_key is None and settings.secret_key_file is None:
        hint = "for production set DUECOURSE_SECRET_KEY_FILE, and keep a copy: without it the book cannot be read"
        yield Finding(
            "configuration", Level.WARNING, f"the key is in {settings.data_dir}, beside the data", hint
        )
    folder = settings.data_dir if settings.data_dir.exists() else Path()
    if not _is_writable(folder):
        yield Finding(
            "configuration", Level.PROBLEM, f"{folder} cannot be written to", "set DUECOURSE_DATA_DIR"
        )


def _is_writable(folder: Path) -> bool:
    try:
        probe = folder / ".duecourse-probe"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _firm(patient: Patient) -> Iterator[Finding]:
    path = patient.settings.firm
    if path is None:
        hint = "write your own firm file and name it in DUECOURSE_FIRM"
        yield Finding("firm", Level.WARNING, "the packaged sample firm is in use", hint)
        return
    warnings = firm_file.lint_file(path, patient.clock.now().date())
    for warning in warnings:
        level = Level.PROBLEM if warning.code == "expired" else Level.WARNING
        yield Finding("firm", level, f"{warning.file}:{warning.line}: {warning.message}", warning.hint)
    if not warnings:
        yield Finding("firm", Level.OK, f"{patient.firm.name}: {len(patient.firm.creditors)} creditors, fit")


def _policies(patient: Patient) -> Iterator[Finding]:
    if patient.library is None:
        yield Finding("policies", Level.PROBLEM, "no valid policies are loaded: every contact is held",
                      "duecourse policies lint says why")  # fmt: skip
        return
    packs, rules = len(patient.library.packs), len(patient.library.rules)
    yield Finding(
        "policies", Level.OK, f"{packs} packs with {rules} rules, digest {patient.library.digest[:12]}"
    )


def _providers(patient: Patient) -> Iterator[Finding]:
    if patient.simulated:
        names = ", ".join(patient.simulated)
        hint = "set the provider's variables (docs/reference/settings.md) for contacts to really leave"
        level = Level.PROBLEM if patient.settings.is_production else Level.WARNING
        yield Finding("providers", level, f"simulated: {names}", hint)
    else:
        yield Finding("providers", Level.OK, "every channel has a provider")
    if patient.settings.public_url is None and not patient.simulated:
        hint = "set DUECOURSE_PUBLIC_URL: receipts and links need an address to come back to"
        yield Finding("providers", Level.PROBLEM, "providers cannot report what became of a contact", hint)


def _packages(_: Patient) -> Iterator[Finding]:
    """Our four import names are common words: another distribution may have taken one."""
    try:
        distribution(DISTRIBUTION)
    except PackageNotFoundError:
        yield Finding("packages", Level.WARNING, f"{DISTRIBUTION} is not installed, it runs from its source",
                      "make setup installs it")  # fmt: skip
        return
    owners = packages_distributions()
    home = Path(__file__).resolve().parents[2]
    for name in PACKAGES:
        foreign = sorted(set(owners.get(name, ())) - {DISTRIBUTION})
        spec = importlib.util.find_spec(name)
        place = Path(spec.origin).resolve().parents[1] if spec and spec.origin else None
        if foreign:
            hint = f"uninstall {', '.join(foreign)}, or use an environment of its own"
            yield Finding("packages", Level.PROBLEM, f"{name} belongs to {', '.join(foreign)} too", hint)
        elif place != home:
            yield Finding("packages", Level.PROBLEM, f"{name} is taken from {place}, not from {home}",
                          "look at PYTHONPATH and the current folder")  # fmt: skip


def _fonts(_: Patient) -> Iterator[Finding]:
    if importlib.util.find_spec("cvttf_NotoSansCJK_Regular") is None:
        yield Finding("fonts", Level.PROBLEM, "the font for Chinese letters is missing",
                      "install the packages of requirements.txt")  # fmt: skip
    else:
        yield Finding("fonts", Level.OK, "letters can be set in Latin and Chinese")


def _database(patient: Patient) -> Iterator[Finding]:
    revision, newest = migration.current(patient.database), migration.newest()
    if revision is None:
        yield Finding("database", Level.PROBLEM, "the database has no tables", "duecourse db upgrade")
    elif revision != newest:
        yield Finding("database", Level.PROBLEM, f"the schema is {revision}, this version needs {newest}",
                      "back up, then duecourse db upgrade")  # fmt: skip
    else:
        yield Finding("database", Level.OK, f"answers, schema {revision}")


def _clock(patient: Patient) -> Iterator[Finding]:
    with patient.database.read() as unit:
        theirs = from_micros(unit.now_micros)
    skew = abs((theirs - patient.clock.now()).total_seconds())
    if patient.clock.is_virtual or skew <= MOST_CLOCK_SKEW_S:
        yield Finding("clock", Level.OK, "this machine and the database agree")
    else:
        yield Finding("clock", Level.PROBLEM, f"this machine and the database are {skew:.1f} s apart",
                      "synchronise both clocks: a node that is off does not dispatch")  # fmt: skip


def _keys(patient: Patient) -> Iterator[Finding]:
    with patient.database.read() as unit:
        sealed = readiness.sealed_sample(unit)
    if sealed is not None:
        patient.sealer.open(sealed)
    yield Finding(
        "keys", Level.OK, "the key opens what the database holds" if sealed else "the book is empty"
    )


def _first_contact(patient: Patient) -> Iterator[Finding]:
    with patient.database.read() as unit:
        rows = list(readiness.lacking(unit))
        pools, crowded = readiness.crowds(unit)
    found = False
    for place, group in sorted(_by_place(rows).items()):
        for finding in _missing(patient, place, group):
            found = True
            yield finding
    if pools:
        found = True
        message = f"{pools} groups share a number or mailbox among more than {readiness.CROWD} consumers"
        hint = "they count as one person; settle who is who, or take the shared number out"
        yield Finding("first contact", Level.WARNING, message, hint, crowded)
    if not found:
        total = sum(row.accounts for row in rows)
        yield Finding("first contact", Level.OK, f"nothing is missing for {total} open accounts", "", total)


def _by_place(rows: Sequence[Lacking]) -> dict[str, list[Lacking]]:
    """By the narrowest jurisdiction of each row."""
    places: dict[str, list[Lacking]] = {}
    for row in rows:
        places.setdefault(row.jurisdictions[-1] if row.jurisdictions else row.country.lower(), []).append(row)
    return places


def _missing(patient: Patient, place: str, rows: Sequence[Lacking]) -> Iterator[Finding]:
    counts: Counter[str] = Counter()
    for row in rows:
        is_agency = row.actor in _AGENCIES
        is_covered = patient.library is not None and patient.library.covers(row.jurisdictions)
        needs_consent = not is_covered or not _CONSENT_PLACES.isdisjoint(row.jurisdictions)
        counts["validation"] += row.validation_notice if is_agency and row.country == "US" else 0
        counts["agency"] += row.agency_notice if is_agency and row.country == "CN" else 0
        counts["consent"] += row.consent if needs_consent else 0
        counts["zone"] += row.zone
        counts["history"] += row.history
        counts["contact_point"] += row.contact_point
        creditor = patient.firm.creditor(row.creditor_id)
        if creditor is None or (creditor.id == ANY_CREDITOR and patient.settings.firm is not None):
            counts[f"creditor {row.creditor_id}"] += row.accounts
    for name, count in counts.items():
        if count:
            what, hint = _WORDS.get(name, (f"{name} is not in the firm file", "add it under creditors"))
            yield Finding("first contact", Level.WARNING, f"{place}: {count} accounts: {what}", hint, count)


_WORDS = {
    "validation": (
        "no validation notice is recorded (HOLD validation_notice_missing)",
        "send it, and import validation_sent_on",
    ),
    "agency": ("no notice of the agency is recorded", "import agency_notice_on"),
    "consent": (
        "no consent to electronic contact is recorded, which is needed here",
        "import consent_sms and consent_email where there is consent; letters and calls go without",
    ),
    "zone": ("no time zone follows from what is known (HOLD)", "import time_zone, a postal code or a number"),
    "history": (
        "nobody said how far back the contact history is whole (HOLD history_unknown)",
        "import it with --complete-since, or mark the accounts new_placement",
    ),
    "contact_point": ("no usable number, mailbox or address", "import one"),
}
