"""Sheets, folds and where an envelope's window shows them. All lengths in millimetres from the top left corner.

A sheet moves inside its envelope, so three rectangles matter: what the window shows when the sheet rests on the
lower edge, a wider one in which nothing else may stand, and the box in which the address is set.
"""

from __future__ import annotations

import msgspec


class Box(msgspec.Struct, frozen=True):
    left: float
    top: float
    right: float
    bottom: float

    def contains(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class Paper(msgspec.Struct, frozen=True):
    """One sheet for one kind of envelope.

    window: what shows. clear: where nothing but the address (and the return name) may stand. address: the box
    of the address. back: the box of the return name, `back_in_window` when it shares the window. info: letterhead,
    reference and date. body_top: where the letter begins. folds: marks on the left edge.
    """

    name: str
    width: float
    height: float
    window: Box
    clear: Box
    address: Box
    back: Box
    back_in_window: bool
    info: Box
    body_top: float
    folds: tuple[float, float]
    address_at_bottom: bool


# Envelope no. 10 (241.3 x 104.8): window 114.3 x 28.6, 22.2 from the left, 12.7 from the lower edge. The sheet,
# folded in three, is 11.6 shorter than the envelope and 25.4 narrower: a short address is set so low that it shows
# wherever the sheet lies. The return name stands where a second, upper window would show it.
US_LETTER = Paper(
    name="us-letter-10",
    width=215.9,
    height=279.4,
    window=Box(9.5, 51.9, 123.8, 80.4),
    clear=Box(0.0, 48.0, 138.0, 93.0),
    address=Box(24.0, 54.6, 110.0, 79.4),
    back=Box(16.0, 7.0, 98.0, 19.0),
    back_in_window=False,
    info=Box(142.0, 9.0, 200.9, 90.0),
    body_top=97.0,
    folds=(93.1, 186.3),
    address_at_bottom=True,
)
# Envelope DL or C6/5 (220 x 110), and C5 with one fold: window 90 x 45, 20 from the left, 15 from the lower edge,
# which DIN 5008 form B is made for; the Chinese no. 5 envelope has the size of DL.
A4 = Paper(
    name="a4-dl",
    width=210.0,
    height=297.0,
    window=Box(15.0, 45.0, 105.0, 90.0),
    clear=Box(0.0, 42.0, 112.0, 97.0),
    address=Box(25.0, 62.7, 98.0, 88.5),
    back=Box(25.0, 55.5, 98.0, 60.5),
    back_in_window=True,
    info=Box(125.0, 12.0, 190.0, 94.0),
    body_top=101.0,
    folds=(105.0, 210.0),
    address_at_bottom=False,
)
_LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "PH", "PR", "CL", "CO", "VE", "GT", "CR", "PA", "SV", "DO"})


def paper_for(country: str) -> Paper:
    """The sheet that is usual in a country (ISO 3166-1 alpha-2); A4 where nothing else is known."""
    return US_LETTER if country.upper() in _LETTER_COUNTRIES else A4
