"""The PDF of a letter without sending it: the very one that the spool would hand over, marked as what it is."""

from __future__ import annotations

from functools import cache

from channels.contract import Message
from channels.letter.address import address_lines, country_of
from channels.letter.model import letter_data
from channels.letter.paper import Paper, paper_for
from channels.letter.pdf import Pdf, Typesetter

NAME = "letter_preview"
MARKS = {"en": "Preview, not sent", "zh": "预览，未寄出"}
"""What stands over every sheet of a letter that is only looked at; a letter that leaves has none."""


def typeset(
    message: Message, typesetter: Typesetter, provider: str, mark: str = ""
) -> tuple[Pdf, str, Paper]:
    """A letter's PDF, the country that it goes to, and its paper; raises one of channels.errors."""
    lines = address_lines(message, provider)
    country = country_of(message, lines)
    paper = paper_for(country)
    return typesetter.typeset(letter_data(message, lines, paper, provider, mark), provider), country, paper


def preview(message: Message, language: str = "en") -> Pdf:
    """The PDF with a mark for who looks at it, in their language; nothing is written."""
    return typeset(message, _typesetter(), NAME, MARKS.get(language, MARKS["en"]))[0]


@cache
def _typesetter() -> Typesetter:
    """It reads its fonts once."""
    return Typesetter()
