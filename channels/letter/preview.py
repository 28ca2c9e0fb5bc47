"""The PDF of a letter without sending it: the very one that the spool would hand over."""

from __future__ import annotations

from functools import cache

from channels.contract import Message
from channels.letter.address import address_lines, country_of
from channels.letter.model import letter_data
from channels.letter.paper import Paper, paper_for
from channels.letter.pdf import Pdf, Typesetter

NAME = "letter_preview"


def typeset(message: Message, typesetter: Typesetter, provider: str) -> tuple[Pdf, str, Paper]:
    """A letter's PDF, the country that it goes to, and its paper; raises one of channels.errors."""
    lines = address_lines(message, provider)
    country = country_of(message, lines)
    paper = paper_for(country)
    return typesetter.typeset(letter_data(message, lines, paper, provider), provider), country, paper


def preview(message: Message) -> Pdf:
    """The PDF; nothing is written."""
    return typeset(message, _typesetter(), NAME)[0]


@cache
def _typesetter() -> Typesetter:
    """It reads its fonts once."""
    return Typesetter()
