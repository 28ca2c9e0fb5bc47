"""How many segments an SMS takes: GSM 7-bit with its extension table, else UCS-2 (3GPP TS 23.038)."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import NamedTuple

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_WHOLE = frozenset(_BASIC + _EXTENSION)
_EXTENDED = frozenset(_EXTENSION)
_OUTSIDE = re.compile("[^" + re.escape(_BASIC + _EXTENSION) + "]")


class Size(NamedTuple):
    """`units` are septets or UTF-16 code units, as the encoding says."""

    encoding: str
    units: int
    segments: int


def outside_gsm(text: str) -> list[str]:
    """The characters that force UCS-2, in order of appearance, each once."""
    return list(dict.fromkeys(_OUTSIDE.findall(text)))


def measure(text: str) -> Size:
    """The size of a text; a character that takes two units is never split between two segments."""
    signs = set(text)
    if signs <= _WHOLE:
        wide = signs & _EXTENDED
        units = len(text) + sum(text.count(sign) for sign in wide)
        return Size("gsm7", units, _segments(text, units, wide, 160, 153))
    wide = {sign for sign in signs if ord(sign) > 0xFFFF}
    units = len(text) + sum(text.count(sign) for sign in wide)
    return Size("ucs2", units, _segments(text, units, wide, 70, 67))


def _segments(text: str, units: int, wide: Set[str], whole: int, room: int) -> int:
    if units <= whole:
        return 1
    if not wide:
        return -(-units // room)
    segments, used = 1, 0
    for sign in text:
        need = 2 if sign in wide else 1
        if used + need > room:
            segments, used = segments + 1, 0
        used += need
    return segments
