"""SMS sizes, with figures worked out by hand from 3GPP TS 23.038 and 23.040."""

from __future__ import annotations

import pytest

from templates.segment import measure, outside_gsm


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "gsm7", 0, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("€" * 80, "gsm7", 160, 1),
        ("€" * 81, "gsm7", 162, 2),
        # 76 pairs fill 152 of 153 septets; the last is left empty, an escape is not torn from its sign
        ("€" * 153, "gsm7", 306, 3),
        ("a" + "€" * 152, "gsm7", 305, 2),
        ("[]{}\\^~|", "gsm7", 16, 1),
        ("ñÑäöüßÆé¡¿", "gsm7", 10, 1),
        ("á", "ucs2", 1, 1),
        ("王" * 70, "ucs2", 70, 1),
        ("王" * 71, "ucs2", 71, 2),
        ("王" * 134, "ucs2", 134, 2),
        ("王" * 135, "ucs2", 135, 3),
        ("😀" * 35, "ucs2", 70, 1),
        ("😀" * 36, "ucs2", 72, 2),
        # 33 pairs fill 66 of 67 units: 67 pairs need three segments although 134 units would fit into two
        ("😀" * 67, "ucs2", 134, 3),
    ],
)
def test_sizes(text: str, encoding: str, units: int, segments: int) -> None:
    assert measure(text) == (encoding, units, segments)


def test_signs_outside_the_alphabet_are_named_once() -> None:
    assert outside_gsm("así — así") == ["í", "—"]
