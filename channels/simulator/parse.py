"""Behaviour YAML to a typed Behaviour; what is wrong is said with file and line.

Scalars are read as text and typed by the schema here, so that `NO` stays a word and `1:30` never becomes 90.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from channels.contract import Channel
from channels.errors import SetupError
from channels.simulator import behaviour as b

T = TypeVar("T")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


class _Reader:
    """Typed reading of YAML nodes of one file."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fail(
        self, node: yaml.Node | None, message: str, hint: str, code: str = "bad_behaviour"
    ) -> SetupError:
        line = node.start_mark.line + 1 if node is not None else 1
        return SetupError(message, code=code, file=self.file, line=line, hint=hint)

    def fields(self, node: yaml.Node, known: frozenset[str] | None = None) -> dict[str, yaml.Node]:
        """A mapping's values by key; unknown and repeated keys are refused."""
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(node, "expected a mapping", "write `key: value` pairs")
        found: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            key = self.text(key_node)
            if key in found:
                raise self.fail(key_node, f"`{key}` is given twice", "keep one")
            if known is not None and key not in known:
                raise self.fail(key_node, f"unknown key `{key}`", f"known: {', '.join(sorted(known))}")
            found[key] = value_node
        return found

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.fail(node, "expected a single value", "write a word, a number or quoted text")
        return str(node.value)

    def share(self, node: yaml.Node) -> float:
        """A number from 0 to 1."""
        try:
            value = float(self.text(node))
        except ValueError:
            raise self.fail(node, "expected a share from 0 to 1", "for example 0.05") from None
        if not 0 <= value <= 1:
            raise self.fail(node, f"{value:g} is not a share from 0 to 1", "for example 0.05")
        return value

    def seconds(self, node: yaml.Node) -> float:
        match = _DURATION.fullmatch(self.text(node))
        if match is None:
            raise self.fail(node, "expected a duration", "a number with s, m, h or d, for example 30s")
        return float(match[1]) * _UNITS[match[2]]

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.fail(node, "expected a list", "write [first, second]")
        return list(node.value)

    def range_s(self, node: yaml.Node) -> b.Range:
        ends = [self.seconds(item) for item in self.items(node)]
        if len(ends) != 2 or ends[0] > ends[1]:
            raise self.fail(node, "expected two durations, the shorter first", "for example [2s, 40s]")
        return ends[0], ends[1]

    def shares(self, node: yaml.Node, names: frozenset[str], exact: bool) -> dict[str, float]:
        """Shares by name that add up to 1 (`exact`), or to 1 at most."""
        found = {name: self.share(value) for name, value in self.fields(node, names).items()}
        total = sum(found.values())
        if exact and abs(total - 1) > 1e-6:
            raise self.fail(node, f"the shares add up to {total:g}, not to 1", "correct one of them")
        if total > 1 + 1e-6:
            raise self.fail(node, f"the shares add up to {total:g}, which is above 1", "lower some of them")
        return found

    def channel(self, node: yaml.Node, word: str) -> Channel:
        try:
            return Channel(word)
        except ValueError:
            known = ", ".join(channel.value for channel in Channel)
            raise self.fail(node, f"unknown channel `{word}`", f"known: {known}") from None


def parse(text: str, file: str) -> b.Behaviour:
    """Read a behaviour file. What it leaves out is as in the packaged one."""
    return _read(text, file, packaged())


def _read(text: str, file: str, base: b.Behaviour | None) -> b.Behaviour:
    reader = _Reader(file)
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # an error at the end of the text is reported on the line after it
        line = min(mark.line + 1, text.count("\n") + 1) if mark is not None else 1
        problem = getattr(error, "problem", None) or "not YAML"
        raise SetupError(
            f"cannot be read: {problem}", code="bad_behaviour", file=file, line=line, hint="mend the YAML"
        ) from None
    if node is None:
        raise reader.fail(None, "the file is empty", "write at least `default: {}`")
    return _behaviour(reader, node, base)


def load(path: Path) -> b.Behaviour:
    """Read a behaviour file from disk; raises SetupError with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SetupError(
            f"cannot be read: {reason}", code="behaviour_unreadable", file=str(path), hint="check the path"
        ) from None
    return parse(text, str(path))


@lru_cache(maxsize=1)
def packaged() -> b.Behaviour:
    """The behaviour that ships."""
    text = resources.files("channels.simulator").joinpath("default.yaml").read_text(encoding="utf-8")
    return _read(text, "default.yaml", None)


_TOP = frozenset({"default", "consumers", "wordings", "misbehaviour", "promise_kept", "payment_reversed"})


def _behaviour(reader: _Reader, node: yaml.Node, base: b.Behaviour | None) -> b.Behaviour:
    top = reader.fields(node, _TOP)

    def given(key: str, read: Callable[[yaml.Node], T], otherwise: T) -> T:
        return read(top[key]) if key in top else otherwise

    default = _channels(reader, top.get("default"), base.default if base else {}, whole=base is None)
    wordings = dict(base.wordings) if base else {}
    if "wordings" in top:
        wordings |= _wordings(reader, top["wordings"])
    blank = base or b.Behaviour(default=default)
    return b.Behaviour(
        default=default,
        consumers=given("consumers", lambda n: _people(reader, n, default), {}),
        wordings=wordings,
        misbehaviour=given("misbehaviour", lambda n: _misbehaviour(reader, n), blank.misbehaviour),
        promise_kept=given("promise_kept", reader.share, blank.promise_kept),
        payment_reversed=given("payment_reversed", reader.share, blank.payment_reversed),
    )


def _channels(
    reader: _Reader, node: yaml.Node | None, base: Mapping[Channel, b.ChannelBehaviour], whole: bool
) -> dict[Channel, b.ChannelBehaviour]:
    found = dict(base)
    if node is None:
        return found
    for word, value in reader.fields(node).items():
        channel = reader.channel(value, word)
        found[channel] = _channel(reader, value, channel, found.get(channel))
    missing = [channel.value for channel in Channel if channel not in found]
    if whole and missing:
        raise reader.fail(node, f"`default` lacks {', '.join(missing)}", "give every channel")
    return found


_CHANNEL_KEYS = frozenset({"outcomes", "acts", "delays", "act_delay"})


def _is_short(node: yaml.Node, words: Collection[str]) -> bool:
    """The short form: the outcomes stand right under their channel, and nothing else is said."""
    keys = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
    return bool(keys) and all(key in words for key in keys)


def _channel(
    reader: _Reader, node: yaml.Node, channel: Channel, base: b.ChannelBehaviour | None
) -> b.ChannelBehaviour:
    words = b.OUTCOMES[channel]
    if _is_short(node, words):
        blank = base or b.ChannelBehaviour(outcomes={})
        return msgspec.structs.replace(blank, outcomes=reader.shares(node, words, exact=True))
    fields = reader.fields(node, _CHANNEL_KEYS)
    if "outcomes" not in fields and base is None:
        raise reader.fail(node, "`outcomes` is missing", "say how often each outcome happens")
    blank = base or b.ChannelBehaviour(outcomes={})
    delays = dict(blank.delays)
    if "delays" in fields:
        delays |= {
            name: reader.range_s(value) for name, value in reader.fields(fields["delays"], words).items()
        }
    acts = frozenset(b.ACTS)
    return b.ChannelBehaviour(
        outcomes=reader.shares(fields["outcomes"], words, exact=True)
        if "outcomes" in fields
        else blank.outcomes,
        acts=reader.shares(fields["acts"], acts, exact=False) if "acts" in fields else blank.acts,
        delays=delays,
        act_delay=reader.range_s(fields["act_delay"]) if "act_delay" in fields else blank.act_delay,
    )


def _people(
    reader: _Reader, node: yaml.Node, default: Mapping[Channel, b.ChannelBehaviour]
) -> dict[str, b.Person]:
    return {name: _person(reader, value, default) for name, value in reader.fields(node).items()}


_PERSON_KEYS = frozenset({"script", *(channel.value for channel in Channel)})


def _person(reader: _Reader, node: yaml.Node, default: Mapping[Channel, b.ChannelBehaviour]) -> b.Person:
    fields = reader.fields(node, _PERSON_KEYS)
    script = fields.pop("script", None)
    channels = {
        Channel(word): _channel(reader, value, Channel(word), default[Channel(word)])
        for word, value in fields.items()
    }
    steps = tuple(_step(reader, item) for item in reader.items(script)) if script is not None else ()
    return b.Person(channels=channels, script=steps)


_STEP_KEYS = frozenset({"channel", "ordinal", "outcome", "act", "text", "after"})


def _step(reader: _Reader, node: yaml.Node) -> b.ScriptedContact:
    fields = reader.fields(node, _STEP_KEYS)
    for key in ("channel", "ordinal"):
        if key not in fields:
            raise reader.fail(node, f"`{key}` is missing", "say which contact this is about")
    channel = reader.channel(fields["channel"], reader.text(fields["channel"]))
    ordinal = reader.text(fields["ordinal"])
    if not ordinal.isdecimal() or int(ordinal) < 1:
        raise reader.fail(fields["ordinal"], f"`{ordinal}` is no ordinal", "count from 1")
    outcome = _word(reader, fields.get("outcome"), b.OUTCOMES[channel], f"outcome of {channel.value}")
    return b.ScriptedContact(
        channel=channel,
        ordinal=int(ordinal),
        outcome=outcome,
        act=_word(reader, fields.get("act"), frozenset(b.ACTS), "act"),
        text=reader.text(fields["text"]) if "text" in fields else None,
        after_s=reader.seconds(fields["after"]) if "after" in fields else None,
    )


def _word(reader: _Reader, node: yaml.Node | None, known: frozenset[str], what: str) -> str | None:
    if node is None:
        return None
    word = reader.text(node)
    if word not in known:
        raise reader.fail(node, f"`{word}` is no {what}", f"known: {', '.join(sorted(known))}")
    return word


def _wordings(reader: _Reader, node: yaml.Node) -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        act: {
            language: tuple(reader.text(item) for item in reader.items(texts))
            for language, texts in reader.fields(by_language).items()
        }
        for act, by_language in reader.fields(node, frozenset(b.ACTS)).items()
    }


_MISBEHAVIOUR_KEYS = frozenset(b.Misbehaviour.__struct_fields__)


def _misbehaviour(reader: _Reader, node: yaml.Node) -> b.Misbehaviour:
    values = {
        key: reader.seconds(value) if key.endswith("_s") else reader.share(value)
        for key, value in reader.fields(node, _MISBEHAVIOUR_KEYS).items()
    }
    calls = sum(values.get(name, 0.0) for name in ("throttled", "server_error", "dropped"))
    if calls > 1:
        raise reader.fail(node, "throttled, server_error and dropped add up to more than 1", "lower some")
    return b.Misbehaviour(**values)
