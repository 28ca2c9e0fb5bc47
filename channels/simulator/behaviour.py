"""How simulated people behave: a script in YAML, typed.

`default` holds for everybody, `consumers` overrides it by consumer id, channel by channel. See the packaged
`default.yaml` for a whole file with every key.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from channels.contract import Channel

OUTCOMES: Mapping[Channel, frozenset[str]] = {
    Channel.SMS: frozenset({"sent", "delivered", "undelivered", "failed", "read"}),
    Channel.EMAIL: frozenset({"sent", "delivered", "bounced", "failed", "read"}),
    Channel.VOICE: frozenset(
        {
            "conversation",
            "no_answer",
            "voicemail",
            "voicemail_not_left",
            "voicemail_withheld",
            "busy",
            "dropped",
            "wrong_number",
            "not_in_service",
            "power_off",
            "unreachable",
        }
    ),
    Channel.LETTER: frozenset({"sent", "returned"}),
    Channel.TASK: frozenset({"sent", "completed", "rejected"}),
}
"""What can become of a contact, in the case format's words; `returned`: a letter that comes back."""

REACHING = frozenset({"delivered", "read", "conversation", "voicemail", "sent", "completed"})
"""After these a person may act on what they got."""

ACTS = (
    "stop",
    "start",
    "question",
    "promise",
    "pay_full",
    "pay_part",
    "dispute",
    "call_back",
    "wrong_party",
    "complaint",
    "attorney",
    "bankruptcy",
    "deceased",
    "cease",
    "inbound_call",
    "recall",
)
"""What a person (for `recall`: the creditor) may do; `wordings` may give texts for each."""

Range = tuple[float, float]


class ScriptedContact(msgspec.Struct, frozen=True, kw_only=True):
    """What happens at exactly the `ordinal`-th contact (from 1) over this channel."""

    channel: Channel
    ordinal: int
    outcome: str | None = None
    act: str | None = None
    text: str | None = None
    after_s: float | None = None


class ChannelBehaviour(msgspec.Struct, frozen=True, kw_only=True):
    """outcomes: shares that add up to 1. acts: shares of contacts that reach somebody, at most 1 together.

    delays: seconds from acceptance to the report, by outcome. act_delay: seconds from there to the act.
    """

    outcomes: Mapping[str, float]
    acts: Mapping[str, float] = {}
    delays: Mapping[str, Range] = {}
    act_delay: Range = (60.0, 6 * 3600.0)


class Misbehaviour(msgspec.Struct, frozen=True, kw_only=True):
    """Shares of calls at which the provider misbehaves.

    slow: answers after `slow_s`. throttled: 429 with Retry-After. server_error: 5xx, nothing accepted.
    dropped: accepted, then the connection is cut. duplicate: reports come twice. reordered: reports come in
    the wrong order.
    """

    slow: float = 0.0
    slow_s: float = 2.0
    throttled: float = 0.0
    retry_after_s: float = 30.0
    server_error: float = 0.0
    dropped: float = 0.0
    duplicate: float = 0.0
    reordered: float = 0.0


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Overrides for one consumer."""

    channels: Mapping[Channel, ChannelBehaviour] = {}
    script: tuple[ScriptedContact, ...] = ()


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """A whole script. promise_kept, payment_reversed: shares of promises and payments.

    wordings: texts by act, then by language (`en`, `es`, `zh`; English where a language has none).
    """

    default: Mapping[Channel, ChannelBehaviour]
    consumers: Mapping[str, Person] = {}
    wordings: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    misbehaviour: Misbehaviour = Misbehaviour()
    promise_kept: float = 0.6
    payment_reversed: float = 0.02

    def for_contact(self, consumer_id: str, channel: Channel) -> ChannelBehaviour:
        person = self.consumers.get(consumer_id)
        if person is not None and channel in person.channels:
            return person.channels[channel]
        return self.default[channel]

    def scripted(self, consumer_id: str, channel: Channel, ordinal: int) -> ScriptedContact | None:
        person = self.consumers.get(consumer_id)
        if person is None:
            return None
        for step in person.script:
            if step.channel is channel and step.ordinal == ordinal:
                return step
        return None

    def phrases(self, act: str, language: str) -> tuple[str, ...]:
        by_language = self.wordings.get(act, {})
        return by_language.get(language.partition("-")[0].lower()) or by_language.get("en", ())
