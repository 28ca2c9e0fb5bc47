"""How many segments an SMS takes: GSM 7-bit with its extension table, else UCS-2 (3GPP TS 23.038)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_GSM = re.compile("[" + re.escape(_BASIC + _EXTENSION) + "]*")
_EXTENDED = re.compile("[" + re.escape(_EXTENSION) + "]")
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
    if _GSM.fullmatch(text):
        units = len(text) + len(_EXTENDED.findall(text))
        if units <= 160:
            return Size("gsm7", units, 1)
        return Size("gsm7", units, _packed(text, 153, lambda sign: 2 if sign in _EXTENSION else 1))
    units = len(text.encode("utf-16-le")) // 2
    if units <= 70:
        return Size("ucs2", units, 1)
    return Size("ucs2", units, _packed(text, 67, lambda sign: 2 if ord(sign) > 0xFFFF else 1))


def _packed(text: str, room: int, width: Callable[[str], int]) -> int:
    segments, used = 1, 0
    for sign in text:
        need = width(sign)
        if used + need > room:
            segments, used = segments + 1, 0
        used += need
    return segments
