"""The chosen row of a contact panel: every rule's word, what is used of each window, and the very message.

Nothing is sent or written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from orchestrator.engine.choice import within_handover
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged, judge_one
from orchestrator.engine.message import Blocked, Body, Composed
from orchestrator.engine.reading import read_batch
from orchestrator.services.contact_panel import PointAnswer
from orchestrator.services.preview import compose_as
from orchestrator.services.said import Said, params_on, said_of_all
from policies.compose import Stack
from policies.statement import Statement, statement
from policies.verdict import Verdict, WindowUse
from templates.segment import Size, measure
from templates.template import Template

SCRIPT = "agent_call"
"""The template of what a person says in a call."""
_CONFIRMATIONS = "opt_out_confirmation"


@dataclass(frozen=True, slots=True)
class Use:
    """A window and how much of it is used; `said` is the sentence of its rule."""

    window: WindowUse
    said: Statement


@dataclass(frozen=True, slots=True)
class Offer:
    """A template that fits the channel, and the languages (locales) it is there in."""

    name: str
    content: str
    locales: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Obliged:
    """What the law makes the message carry, the words that do (none: the template's own), and its citation."""

    id: str
    text: str
    citation: str


@dataclass(frozen=True, slots=True)
class Message:
    """The message as it would leave now. `verdict` is the answer for this very message; `size` of a text message."""

    template: str
    version: str
    locale: str
    subject: str
    text: str
    has_html: bool
    obliged: tuple[Obliged, ...]
    size: Size | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Detail:
    """All that the chosen row shows. `message` None: `blocked` says why there is none."""

    said: tuple[Said, ...]
    used: tuple[Use, ...]
    offers: tuple[Offer, ...]
    template: str
    locale: str
    message: Message | None
    blocked: str


def read_detail(
    house: House,
    consumer_id: str,
    account_id: str,
    answer: PointAnswer,
    *,
    template: str = "",
    language: str = "",
) -> Detail:
    """The row of `answer` now. A template or language that is not there is left for one that is."""
    with house.database.read(house.clock) as unit:
        reader, at = read_batch(house, unit, [consumer_id]), unit.now
    proposal = _proposal(reader, consumer_id, account_id, answer)
    offers, offer, locale = _offered(house, answer, (language, proposal.language, "en"), template)
    judged = within_handover(judge_one(house, reader, proposal, at), at)
    found = Detail(
        said=said_of_all(judged, at),
        used=tuple(_used(judged.verdict, judged.stack, at)),
        offers=offers,
        template=offer.name if offer is not None else "",
        locale=locale,
        message=None,
        blocked="",
    )
    if offer is None or answer.party is not None or not answer.is_usable:
        return found
    return _with_message(house, reader, found, _worded(proposal, offer, locale), offer.name, at)


def compose_chosen(  # noqa: PLR0917 - what a message is chosen by
    house: House, consumer_id: str, account_id: str, answer: PointAnswer, template: str, language: str
) -> tuple[Composed | Blocked, datetime]:
    """The message of a row as it would leave now, whole, and when now is; what stands in the way where it cannot."""
    with house.database.read(house.clock) as unit:
        reader, at = read_batch(house, unit, [consumer_id]), unit.now
    proposal = _proposal(reader, consumer_id, account_id, answer)
    _, offer, locale = _offered(house, answer, (language, proposal.language, "en"), template)
    if offer is None:
        return Blocked("template_missing", f"there is no template for {answer.channel}"), at
    return compose_as(house, reader, _worded(proposal, offer, locale), offer.name, at)[1], at


def _proposal(reader: Reader, consumer_id: str, account_id: str, answer: PointAnswer) -> Proposal:
    return Proposal(
        consumer_id=consumer_id,
        account_ids=(account_id,),
        channel=answer.channel,
        contact_point_id=answer.point_id,
        language=reader.consumer(consumer_id).language,
        party=answer.party or "consumer",
    )


def _offered(
    house: House, answer: PointAnswer, wishes: tuple[str | None, ...], template: str
) -> tuple[tuple[Offer, ...], Offer | None, str]:
    """What there is for the channel, which of it is chosen, and its language."""
    offers = tuple(_offers(house, _templates_of(answer.channel)))
    offer = next((one for one in offers if one.name == template), next(iter(offers), None))
    return offers, offer, _locale(offer, wishes)


def _worded(proposal: Proposal, offer: Offer, locale: str) -> Proposal:
    """What is judged once the words are chosen."""
    channel, language = _templates_of(proposal.channel), locale or proposal.language
    return msgspec.structs.replace(proposal, channel=channel, content=offer.content, language=language)


def _templates_of(channel: str) -> str:
    """A person who calls has a script; the voice templates are for calls that a machine makes."""
    return "task" if channel == "voice" else channel


def _offers(house: House, channel: str) -> Iterator[Offer]:
    by_name: dict[str, list[Template]] = {}
    for one in house.catalog:
        if one.channel == channel and not one.front.reply and not one.content.startswith(_CONFIRMATIONS):
            by_name.setdefault(one.name, []).append(one)
    for name, forms in sorted(by_name.items(), key=lambda entry: (entry[0] != SCRIPT, entry[0])):
        yield Offer(name, forms[0].content, tuple(sorted(form.locale for form in forms)))


def _locale(offer: Offer | None, wishes: tuple[str | None, ...]) -> str:
    """The first wished language that the template is there in, whatever its region."""
    for wish in wishes:
        for locale in offer.locales if offer is not None else ():
            if wish and (
                locale == wish or locale.partition("-")[0] == wish.replace("_", "-").partition("-")[0]
            ):
                return locale
    return ""


def _used(verdict: Verdict, stack: Stack | None, at: datetime) -> Iterator[Use]:
    """The windows in force, one entry each, the fullest of a rule's series."""
    fullest: dict[tuple[str, datetime, datetime], WindowUse] = {}
    for use in verdict.used:
        key = (use.rule, use.window_start, use.window_end)
        if key not in fullest or use.used > fullest[key].used:
            fullest[key] = use
    for use in fullest.values():
        rule = None if stack is None else stack.by_id.get(use.rule)
        params = None if rule is None else params_on(rule, at.date())
        if rule is not None and params is not None:
            yield Use(use, statement(rule, params))


def _with_message(  # noqa: PLR0917 - what a message is made of
    house: House, reader: Reader, detail: Detail, proposal: Proposal, template: str, at: datetime
) -> Detail:
    judged, composed = compose_as(house, reader, proposal, template, at)
    verdict = within_handover(judged, at).verdict
    if isinstance(composed, Blocked):
        return _replaced(detail, None, composed.found)
    return _replaced(detail, message_of(house, judged, composed, verdict), "")


def _replaced(detail: Detail, message: Message | None, blocked: str) -> Detail:
    return Detail(detail.said, detail.used, detail.offers, detail.template, detail.locale, message, blocked)


def message_of(house: House, judged: Judged, composed: Composed, verdict: Verdict) -> Message:
    """The message in its words, with what the law makes it carry; `verdict` is the answer for it."""
    form = house.catalog.get(composed.template)
    texts = form.texts.texts if form is not None and form.texts is not None else {}
    cited = {one.id: one.citation for one in judged.verdict.obligations}
    citations = {
        name: cited.get(name) or (texts[name].citation if name in texts else "")
        for name in composed.obligations
    }
    return Message(
        template=composed.template,
        version=composed.version,
        locale=composed.language,
        subject=composed.subject,
        text=composed.text,
        has_html=bool(msgspec.json.decode(composed.body, type=Body).html),
        obliged=tuple(Obliged(name, text, citations[name]) for name, text in composed.obligations.items()),
        size=measure(composed.text) if judged.proposal.channel == "sms" else None,
        verdict=verdict,
    )
