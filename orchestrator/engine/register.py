"""The registers of one person (stops, holds, consents, disputes, notices) in the words of the policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from orchestrator.domain.instant import from_micros
from orchestrator.store import dossier as d
from policies import facts as f
from policies.vocabulary import Channel, Weekday

# what an opt-out without a channel closes
_ALL_MEDIA = (Channel.SMS, Channel.EMAIL, Channel.VOICE, Channel.LETTER, Channel.IM)
_MEDIA_OF = {"phone": (Channel.SMS, Channel.VOICE), "email": (Channel.EMAIL,), "postal": (Channel.LETTER,)}
_CHANNELS = {channel.value: channel for channel in Channel}
_DEAD_POINTS = frozenset({"invalid", "wrong_party", "reassigned"})
_NOTICE_DATES = frozenset(
    {"agency_notice", "initial_notice_letter", "placement_notice", "start_notice", "visit_letter"}
)


def standing_facts(
    pool: d.Pool, consumer: d.ConsumerRow, account_ids: Sequence[str], at: datetime
) -> dict[str, Any]:
    """Every register that holds something, by its name in `Facts`; what is empty is left out."""
    about = _About(pool, consumer, frozenset(account_ids), at)
    found: dict[str, Any] = {}
    for name, attributes, build in _REGISTERS:
        for attribute in attributes:
            if getattr(pool, attribute):
                value = build(about)
                if value:
                    found[name] = value
                break
    if pool.assertions:
        found |= {name: value for name, value in _asserted(pool, about.chosen).items() if value}
    return found | _parties(pool) if pool.parties else found


class _About(NamedTuple):
    """Whose registers are read, for which accounts, at which time."""

    pool: d.Pool
    consumer: d.ConsumerRow
    chosen: frozenset[str]
    at: datetime


def _inconvenient_times(about: _About) -> tuple[f.Inconvenient, ...]:
    return tuple(_inconvenient(p) for p in about.pool.preferences if p.kind == "inconvenient_time")


def _inconvenient_places(about: _About) -> tuple[f.InconvenientPlace, ...]:
    return tuple(
        f.InconvenientPlace(place=p.place, source="consumer")
        for p in about.pool.preferences
        if p.kind == "inconvenient_place" and p.place
    )


def _disputes(about: _About) -> tuple[f.Dispute, ...]:
    rows = about.pool.disputes
    return tuple(_dispute(about.pool, row) for row in rows if _concerns(row.account_id, about.chosen))


def _creditor_requests(about: _About) -> tuple[f.CreditorRequest, ...]:
    return tuple(
        f.CreditorRequest(
            at=from_micros(row.occurred_at), form=row.form, answered_at=_moment(row.answered_at)
        )
        for row in about.pool.creditor_requests
        if _concerns(row.account_id, about.chosen)
    )


def _holds(about: _About) -> tuple[f.Hold, ...]:
    """Holds in force; an open complaint is one too."""
    kept = [_hold(row) for row in holds_in_force(about.pool, about.chosen, about.at)]
    kept += [
        f.Hold(type="complaint", debt=row.account_id)
        for row in about.pool.complaints
        if row.closed_at is None and _concerns(row.account_id, about.chosen)
    ]
    return tuple(kept)


def _is_deceased(about: _About) -> bool:
    return _is_held_as(about.pool, "deceased", about.chosen, about.at)


def _agreed(about: _About) -> tuple[str, ...]:
    return tuple(sorted({row.rule_id for row in about.pool.agreements}))


def _agreed_in_writing(about: _About) -> tuple[str, ...]:
    return tuple(sorted({row.rule_id for row in about.pool.agreements if row.written}))


def holds_in_force(pool: d.Pool, chosen: frozenset[str], at: datetime) -> list[d.HoldRow]:
    """Holds on the person or on one of the accounts that nobody released and that have not run out."""
    released = {row.hold_id for row in pool.releases}
    return [
        row
        for row in pool.holds
        if row.id not in released
        and _concerns(row.account_id, chosen)
        # local dates: the last one may still be going on a day after it ended in UTC
        and (row.until is None or row.until >= at.date() - timedelta(days=1))
        and (row.starts_on is None or row.starts_on <= at.date() + timedelta(days=1))
    ]


def _is_held_as(pool: d.Pool, kind: str, chosen: frozenset[str], at: datetime) -> bool:
    """A hold that says something of the person; somebody else's on a joint account holds, and says nothing of them."""
    return any(
        row.kind == kind and row.consumer_id in pool.consumers for row in holds_in_force(pool, chosen, at)
    )


def point_facts(pool: d.Pool, point: d.PointRow) -> dict[str, Any]:
    """What is known of the number or mailbox that would be used."""
    about = [row for row in pool.point_facts if row.contact_point_id == point.id]
    consents = tuple(
        f.PointConsent(
            medium=_CHANNELS[row.channel] if row.channel else None,
            received_at=from_micros(row.occurred_at),
            revoked_at=_revoked(pool, row.id),
        )
        for row in pool.consents
        if row.contact_point_id == point.id
    )
    reports = tuple(
        f.DisclosureReport(at=from_micros(row.occurred_at), by=(row.detail or {}).get("by"))
        for row in about
        if row.kind == "disclosure_report"
    )
    if point.kind == "phone":
        checks = tuple(_number_check(row, point.id) for row in pool.checks if _is_reassignment(row, point))
        return {
            "numbers": {
                point.id: f.Number(
                    state=_state(point), consents=consents, disclosure_reports=reports, rnd=checks
                )
            },
            "rnd_checks": checks,
        }
    if point.kind == "email":
        return {"addresses": {point.id: _mailbox(point, about, consents, reports)}}
    state = _state(point)
    return {"addresses": {point.id: f.Address(state=state)}} if state else {}


def _state(point: d.PointRow) -> str | None:
    """Only what speaks against a point; unverified and valid ones are ordinary."""
    return point.state if point.state in _DEAD_POINTS else None


def _mailbox(
    point: d.PointRow,
    about: Sequence[d.PointFactRow],
    consents: tuple[f.PointConsent, ...],
    reports: tuple[f.DisclosureReport, ...],
) -> f.Address:
    details = {row.kind: row.detail or {} for row in about}
    used = [from_micros(row.occurred_at) for row in about if row.kind == "consumer_used"]
    more = {
        "creditor": details.get("creditor_notice"),
        "prior_collectors": [row.detail for row in about if row.kind == "prior_collector" and row.detail],
        "provided": details.get("provided"),
    }
    known = msgspec.convert({name: value for name, value in more.items() if value}, f.Address, strict=False)
    return msgspec.structs.replace(
        known,
        state=_state(point),
        consents=consents,
        consumer_used=max(used, default=None),
        domain_public=point.domain_public,
        employer_provided=None if point.employer_provided == "no" else point.employer_provided,
        disclosure_reports=reports,
    )


def _is_reassignment(row: d.CheckRow, point: d.PointRow) -> bool:
    return row.kind == "reassigned" and row.value_index == point.value_index


def _number_check(row: d.CheckRow, number: str) -> f.NumberCheck:
    return f.NumberCheck(at=from_micros(row.occurred_at), number=number, reassigned_since=row.result)


def _concerns(account_id: str | None, chosen: frozenset[str]) -> bool:
    return account_id is None or account_id in chosen


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


def _revoked(pool: d.Pool, consent_id: str) -> datetime | None:
    if not pool.revocations:
        return None
    revoked = [row.occurred_at for row in pool.revocations if row.consent_id == consent_id]
    return from_micros(min(revoked)) if revoked else None


def _consents(pool: d.Pool) -> tuple[f.Consent, ...]:
    return tuple(
        f.Consent(
            type=row.type,
            debt=row.account_id,
            party=row.party,
            medium=_CHANNELS[row.channel] if row.channel else None,
            address=row.contact_point_id,
            received_at=from_micros(row.occurred_at),
            revoked_at=_revoked(pool, row.id),
            via=row.via,
            scope_date=row.scope_date,
            window=(row.window_start, row.window_end) if row.window_start and row.window_end else None,
            obtained_during_violation=row.obtained_during_violation,
        )
        for row in pool.consents
    )


def _media_stops(pool: d.Pool) -> tuple[f.MediaStop, ...]:
    """Opt-outs; one that names a value stops that number or mailbox wherever this person has it.

    Words that ended all contact, but were only spoken, stop the medium that they were spoken in.
    """
    stops = [
        f.MediaStop(medium=_CHANNELS.get(row.via or "", Channel.VOICE), at=from_micros(row.occurred_at))
        for row in pool.ceases
        if row.form == "oral"
    ]
    for row in pool.opt_outs:
        at = from_micros(row.occurred_at)
        if row.value_index is None:
            media: Iterable[Channel] = (Channel(row.channel),) if row.channel else _ALL_MEDIA
            stops += [f.MediaStop(medium=medium, at=at) for medium in media]
            continue
        for point in pool.points:
            if point.value_index == row.value_index:
                media = (Channel(row.channel),) if row.channel else _MEDIA_OF[point.kind]
                stops += [f.MediaStop(medium=medium, address=point.id, at=at) for medium in media]
    return tuple(stops)


def _excluded(pool: d.Pool) -> tuple[Channel, ...]:
    named = [row.channel for row in pool.preferences if row.kind == "excluded_channel"]
    return tuple(Channel(channel) for channel in named if channel is not None and channel in _CHANNELS)


def _inconvenient(row: d.PreferenceRow) -> f.Inconvenient:
    days = tuple(Weekday(day) for day in (row.days or "").split(";") if day)
    return f.Inconvenient(days=days, start=row.start, end=row.end, until=row.until, source="consumer")


def _cease(pool: d.Pool) -> f.Cease | None:
    if not pool.ceases:
        return None
    # a spoken one must not hide one in writing
    row = next((one for one in pool.ceases if one.form != "oral"), pool.ceases[0])
    return f.Cease(
        form=row.form,
        received_at=from_micros(row.occurred_at),
        sent_at=_moment(row.sent_at),
        via=row.via,
        accepted_medium=row.accepted_medium,
    )


def _attorney(pool: d.Pool, chosen: frozenset[str], at: datetime) -> f.Attorney | None:
    rows = [row for row in pool.representations if row.known and _concerns(row.account_id, chosen)]
    if rows:
        row = rows[-1]
        return f.Attorney(
            known=True,
            contact_known=row.contact_known,
            notice_at=_moment(row.notice_at) or from_micros(row.occurred_at),
            unresponsive=row.unresponsive,
            consents_direct=row.consents_direct,
        )
    if _is_held_as(pool, "attorney", chosen, at):
        return f.Attorney(known=True)
    return None


def _employer(pool: d.Pool) -> f.Employer | None:
    if not pool.employer_notes:
        return None
    row = pool.employer_notes[-1]
    return f.Employer(prohibits=row.prohibits, source=row.source)


def _dispute(pool: d.Pool, row: d.DisputeRow) -> f.Dispute:
    answers = {answer.kind: answer for answer in pool.answers if answer.dispute_id == row.id}
    verified, repeated = (
        answers.get("verification") or answers.get("resolved"),
        answers.get("duplicative_notice"),
    )
    return f.Dispute(
        at=from_micros(row.occurred_at),
        form=row.form,
        by=row.by or "consumer",
        portion=row.portion,
        debt=row.account_id,
        duplicative=row.duplicative,
        verification=verified
        and f.Verification(sent_at=from_micros(verified.occurred_at), undeliverable=verified.undeliverable),
        duplicative_notice=repeated
        and f.DuplicativeNotice(
            sent_at=from_micros(repeated.occurred_at),
            reasons=bool(repeated.gives_reasons),
            refers_to_earlier=bool(repeated.refers_to_earlier),
        ),
    )


def _validation(pool: d.Pool, consumer: d.ConsumerRow, chosen: frozenset[str]) -> f.Validation | None:
    """The notice that was provided last; None if one of the accounts has none: each debt needs its own."""
    latest = {
        account_id: next(
            (
                n
                for n in reversed(pool.notices)
                if n.kind == "validation" and n.account_id in (account_id, None)
            ),
            None,
        )
        for account_id in sorted(chosen)
    }
    rows = [row for row in latest.values() if row is not None]
    if not rows or len(rows) < len(latest):
        return None
    row = max(rows, key=lambda one: one.sent_on)
    return f.Validation(
        sent=row.sent_on,
        medium=row.medium or "mail",
        actual_receipt=row.actual_receipt_on,
        undeliverable=row.undeliverable,
        resent=row.resent_on,
    )


def _notices(pool: d.Pool, chosen: frozenset[str]) -> dict[str, Any]:
    """The latest date of each notice that every chosen account has."""
    found: dict[str, Any] = {}
    for kind in sorted({row.kind for row in pool.notices} & _NOTICE_DATES):
        dates = [
            max(
                (n.sent_on for n in pool.notices if n.kind == kind and n.account_id in (one, None)),
                default=None,
            )
            for one in sorted(chosen)
        ]
        if dates and None not in dates:
            found[kind] = max(day for day in dates if day is not None)
    return found


def _hold(row: d.HoldRow) -> f.Hold:
    return f.Hold(type=row.kind, from_=row.starts_on, until=row.until, debt=row.account_id)


def _asserted(pool: d.Pool, chosen: frozenset[str]) -> dict[str, Any]:
    """Named values that have no table of their own, checked against the vocabulary's types."""
    names = {
        row.name: row.value
        for row in pool.assertions
        if row.name in f.GIVEN_KEYS and _concerns(row.account_id, chosen)
    }
    if not names:
        return {}
    given = msgspec.convert(names, f.Given, strict=False)
    return {name: getattr(given, name) for name in names}


def _parties(pool: d.Pool) -> dict[str, Any]:
    named = {
        "jointly_liable": tuple(sorted({row.party_id for row in pool.parties if row.jointly_liable})),
        "third_party_refused": tuple(sorted({row.party_id for row in pool.parties if row.refused_at})),
        "third_party_offered_to_pay": tuple(
            sorted({row.party_id for row in pool.parties if row.offered_to_pay_at})
        ),
    }
    return {name: value for name, value in named.items() if value}


# the registers by their names in Facts, and which rows each is made of: where there are none, nothing is asked
_REGISTERS: tuple[tuple[str, tuple[str, ...], Callable[[_About], Any]], ...] = (
    ("consents", ("consents",), lambda about: _consents(about.pool)),
    ("media_stop", ("opt_outs", "ceases"), lambda about: _media_stops(about.pool)),
    ("excluded_channels", ("preferences",), lambda about: _excluded(about.pool)),
    ("inconvenient", ("preferences",), _inconvenient_times),
    ("inconvenient_places", ("preferences",), _inconvenient_places),
    ("cease", ("ceases",), lambda about: _cease(about.pool)),
    ("attorney", ("representations", "holds"), lambda about: _attorney(about.pool, about.chosen, about.at)),
    ("employer", ("employer_notes",), lambda about: _employer(about.pool)),
    ("disputes", ("disputes",), _disputes),
    ("original_creditor_requests", ("creditor_requests",), _creditor_requests),
    ("validation", ("notices",), lambda about: _validation(about.pool, about.consumer, about.chosen)),
    ("notices", ("notices",), lambda about: _notices(about.pool, about.chosen)),
    ("holds", ("holds", "complaints"), _holds),
    ("deceased", ("holds",), _is_deceased),
    ("agreements", ("agreements",), _agreed),
    ("written_consent", ("agreements",), _agreed_in_writing),
)
