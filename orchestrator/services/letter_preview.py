"""The letter of a consumer as it would leave now, as PDF: the same words, letterhead, seal and typesetting, marked.

Nothing is reserved, recorded or handed over.
"""

from __future__ import annotations

import msgspec

from channels.errors import ChannelError
from orchestrator.domain.instant import to_micros
from orchestrator.engine.envelope import addressed
from orchestrator.engine.house import House
from orchestrator.engine.message import Blocked, Body, Composed
from orchestrator.errors import InputError, UnknownReference
from orchestrator.services.contact_detail import compose_chosen
from orchestrator.services.contact_panel import PointAnswer, read_panel
from orchestrator.services.preview import ATTEMPT
from orchestrator.store.addressee import Addressee
from orchestrator.store.admission import Admitted

LETTER = "letter"


def letter_pdf(
    house: House,
    consumer_id: str,
    account_id: str,
    *,
    point_id: str = "",
    template: str = "",
    language: str = "",
    reader: str = "en",
) -> bytes:
    """The PDF, marked as a preview in the language of `reader`. No point: the first postal address.

    What cannot be a letter is an InputError that says why.
    """
    panel = read_panel(house, consumer_id, account_id, days=1)
    letters = [one for one in panel.answers if one.channel == LETTER and point_id in {"", one.point_id}]
    answer = next(iter(letters), None)
    if answer is None:
        raise UnknownReference(f"{consumer_id} has no such postal address", where="contact_point_id")
    if answer.party is not None:
        raise InputError(
            "the address is another person's: no letter is written to it", where="contact_point_id"
        )
    composed, at = compose_chosen(house, consumer_id, account_id, answer, template, language)
    if isinstance(composed, Blocked):
        raise InputError(composed.found, code=composed.code, where=template or LETTER)
    return _typeset(house, consumer_id, account_id, answer, composed, to_micros(at), reader)


def _typeset(  # noqa: PLR0917 - a letter and all that it is made of
    house: House,
    consumer_id: str,
    account_id: str,
    answer: PointAnswer,
    composed: Composed,
    at: int,
    reader: str,
) -> bytes:
    # the typesetter is slow to load, and few ask for it
    from channels.letter.preview import preview  # noqa: PLC0415

    with house.database.read(house.clock) as unit:
        row = unit.one(
            "SELECT c.country, a.creditor_id FROM consumer c, account a WHERE c.id = :consumer AND a.id = :account",
            {"consumer": consumer_id, "account": account_id},
        )
        now = unit.now
    country, creditor_id = (str(row[0]), str(row[1])) if row is not None else ("", "")
    attempt = Admitted(
        id=ATTEMPT, consumer_id=consumer_id, account_ids=[account_id], channel=LETTER,
        contact_point_id=answer.point_id, content="collection", template=composed.template,
        template_version=composed.version, language=composed.language, content_digest=composed.content_digest,
        subject_sealed=None, body_sealed=None, valid_until=at, not_after=at, fence=0, enrollment_id=None,
        campaign_id=None, account_id=account_id, step=None, ordinal=None, origin="person",
    )  # fmt: skip
    to = Addressee(ATTEMPT, None, country, creditor_id, 1)
    body = msgspec.json.decode(composed.body, type=Body)
    message = addressed(house, attempt, to, body, composed.subject, answer.value, now)
    try:
        return preview(message, reader).data
    except ChannelError as error:
        raise InputError(error.message, code=error.code, where=LETTER) from error
