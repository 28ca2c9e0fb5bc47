"""From an allowed contact to its words: the template in the consumer's language, the verdict's obligations filled.

Composed before the slot is taken; what cannot be composed is held with the name of what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import msgspec

from channels.contract import content_digest
from orchestrator.domain.firm import Sender
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged
from orchestrator.store.dossier import AccountRow, ConsumerRow
from templates.errors import MissingObligation, MissingVariable, TemplateError
from templates.formatting import Money
from templates.render import Rendered, render
from templates.template import Template


class Body(msgspec.Struct, frozen=True):
    """What is sealed with an attempt beside its subject: enough to build the same message at dispatch."""

    text: str
    html: str
    voicemail_text: str
    parameters: dict[str, str]
    recipient_name: str


class Composed(msgspec.Struct, frozen=True):
    """A message ready to be reserved; `body` is the JSON of a Body.

    `obligations`: what the verdict asks it to carry, with the words that do, none where the template's own do.
    """

    template: str
    version: str
    language: str
    subject: str
    body: str
    content_digest: str
    text: str
    obligations: dict[str, str] = {}


class Blocked(msgspec.Struct, frozen=True):
    """Why there is no message: a stable code and what is missing."""

    code: str
    found: str


def compose(
    house: House, reader: Reader, judged: Judged, *, template: str, attempt_id: str, at: datetime
) -> Composed | Blocked:
    """Render the contact, or say what stands in the way; nothing is raised for one bad template or value."""
    proposal = judged.proposal
    consumer = reader.consumer(proposal.consumer_id)
    accounts = [row for row in reader.accounts(consumer.id) if row.id in proposal.account_ids]
    channel = proposal.channel
    found = _find(house, template, channel, consumer, accounts, proposal.language or consumer.language)
    if found is None:
        return Blocked(
            "template_missing", f"no template {template!r} for {channel} in the consumer's language"
        )
    form, sender = found
    unfit = _unfit(form, sender, proposal)
    if unfit is not None:
        return unfit
    today = local_date(judged.facts.zones, at)
    variables: dict[str, Any] = {
        **sender.variables,
        **_about(consumer, accounts, form.locale, attempt_id, today),
    }
    obligations = [one.id for one in judged.verdict.obligations]
    if form.asks_for("opt_out_url", obligations):
        variables["opt_out_url"] = unsubscribe_url(house, attempt_id)
    try:
        rendered = render(form, variables, obligations)
    except (MissingObligation, MissingVariable) as error:
        return Blocked("sender_incomplete", error.message)
    except TemplateError as error:
        return Blocked("template_failed", error.message)
    return _composed(rendered, channel, str(variables["consumer_name"]))


def _unfit(form: Template, sender: Sender, proposal: Proposal) -> Blocked | None:
    """Why this template is not what was judged. Rules are lifted by what a message is: it must be that."""
    if form.content != proposal.content:
        reason = f"judged as {proposal.content}, but the template {form.id} is {form.content}"
        return Blocked("content_differs", reason)
    if form.front.reply != (proposal.in_reply_to is not None):
        is_what = "answers a message" if form.front.reply else "is no approved answer to a message"
        return Blocked("not_an_answer", f"the template {form.id} {is_what} of the consumer")
    if sender.missing:
        return Blocked("sender_incomplete", f"the firm file lacks {', '.join(sender.missing)}")
    return None


def _composed(rendered: Rendered, channel: str, name: str) -> Composed:
    parameters = rendered.parts if channel in {"letter", "voice"} else {}
    digest = content_digest(
        channel=channel,
        text=rendered.text,
        subject=rendered.subject,
        html=rendered.html,
        voicemail_text=rendered.voicemail_text,
        template_id=rendered.template,
        template_version=rendered.version,
        parameters=parameters,
    )
    body = Body(rendered.text, rendered.html, rendered.voicemail_text, dict(parameters), name)
    return Composed(
        template=rendered.template,
        version=rendered.version,
        language=rendered.locale,
        subject=rendered.subject,
        body=msgspec.json.encode(body, order="deterministic").decode(),
        content_digest=digest,
        text=rendered.text,
        obligations=rendered.obligations,
    )


def _find(  # noqa: PLR0917 - a message and all that chooses its words
    house: House,
    name: str,
    channel: str,
    consumer: ConsumerRow,
    accounts: Sequence[AccountRow],
    language: str | None,
) -> tuple[Template, Sender] | None:
    """The template in the consumer's language, else in the creditor's default language, with its sender."""
    creditor = accounts[0].creditor_id if accounts else ""
    form = house.catalog.find(name, channel, language) if language else None
    if form is None:
        known = house.firm.creditor(creditor)
        form = house.catalog.find(name, channel, known.default_language if known is not None else "en")
    if form is None:
        return None
    return form, house.sender(creditor, consumer.country, form.locale, channel)


def _about(
    consumer: ConsumerRow, accounts: Sequence[AccountRow], locale: str, attempt_id: str, today: date
) -> Mapping[str, Any]:
    """The standard variables that come from the consumer and the covered accounts."""
    owed = [Money(row.balance_minor, row.currency) for row in accounts]
    labels = [row.account_label or _position_label(place, locale) for place, row in enumerate(accounts, 1)]
    total = Money(sum(one.minor for one in owed), owed[0].currency) if owed else None
    return {
        "consumer_name": display_name(consumer),
        "original_creditor_name": accounts[0].original_creditor if accounts else None,
        # one account needs no place in a list; without a printable label it is simply "your account"
        "account_label": accounts[0].account_label if len(accounts) == 1 else None,
        "account_lines": tuple(zip(labels, owed, strict=True))[:20],
        "several": len(accounts) > 1,
        "amount": total,
        "due_on": min((row.delinquent_since for row in accounts), default=None),
        "as_of": today,
        "sent_on": today,
        "reference": reference(attempt_id),
    }


def _position_label(place: int, locale: str) -> str:
    """An account without a printable label is told apart by its place in the message."""
    words = {"es": "cuenta ", "zh": "账户"}
    return f"{words.get(locale.partition('-')[0], 'account ')}{place}"


class Named(Protocol):
    """A consumer as far as a name goes."""

    @property
    def organization(self) -> str | None: ...
    @property
    def given_name(self) -> str | None: ...
    @property
    def family_name(self) -> str | None: ...


def display_name(consumer: Named) -> str:
    """How a consumer is addressed; Chinese names have the family name first and no space."""
    if consumer.organization:
        return consumer.organization
    given, family = consumer.given_name or "", consumer.family_name or ""
    if family and "\u4e00" <= family[0] <= "\u9fff":
        return family + given
    return f"{given} {family}".strip()


def local_date(zones: Sequence[str], at: datetime) -> date:
    """The consumer's date at `at`: in the first of the plausible zones."""
    return _date_in(zones[0], at) if zones else at.date()


@lru_cache(maxsize=1024)
def _date_in(zone: str, at: datetime) -> date:
    """A batch is judged at one instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def reference(attempt_id: str) -> str:
    """What a message calls its case. Ten signs: twelve digits in a row would be an account number to `templates`."""
    return attempt_id[-10:].upper()


def unsubscribe_url(house: House, attempt_id: str) -> str:
    """A link without personal data that stops messages of this kind; the signature keeps it from being guessed."""
    return f"{house.public_url}/u/{unsubscribe_token(house, attempt_id)}" if house.public_url else ""


def unsubscribe_token(house: House, attempt_id: str) -> str:
    return f"{attempt_id}.{house.sealer.index('unsubscribe', attempt_id)[:20]}"
