"""A letter's first page as its reader sees it: text with its place, and its ink, read back with PDFium."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pypdfium2
from PIL import Image

from channels.contract import Channel, Message, Sender
from channels.letter.address import address_lines, country_of
from channels.letter.model import letter_data
from channels.letter.paper import Box, Paper, paper_for
from channels.letter.pdf import Pdf, Typesetter
from templates.library import load
from templates.render import render
from templates.sample import sample_values, typical_obligations

MM = 72 / 25.4
CATALOG = load()
TYPESETTER = Typesetter()

SENDERS: Mapping[str, Sender] = {
    "en": Sender(
        name="Northfield Recovery LLC",
        number="+1 202-555-0148",
        email="help@example.com",
        address=("12 Quay Street", "Portland, OR 97201"),
    ),
    "zh": Sender(name="乙服务公司", number="021-5555-0148", address=("上海市浦东新区某路1号", "200120")),
}


class Word(msgspec.Struct, frozen=True):
    text: str
    box: Box


def message(language: str, address: str, **changes: Any) -> Message:
    """The packaged reminder letter with all its obligations."""
    template = CATALOG.find("reminder", "letter", language)
    assert template is not None
    made = render(template, sample_values(template), typical_obligations(template))
    plain = Message(
        attempt_id="at_1",
        channel=Channel.LETTER,
        address=address,
        text=made.text,
        parameters=made.parts,
        language=language,
        sender=SENDERS.get(language, SENDERS["en"]),
    )
    return msgspec.structs.replace(plain, **changes)


def typeset(letter: Message) -> tuple[Pdf, Paper]:
    lines = address_lines(letter, "test")
    paper = paper_for(country_of(letter, lines))
    return TYPESETTER.typeset(letter_data(letter, lines, paper, "test"), "test"), paper


def words(pdf: Pdf, page: int = 0) -> list[Word]:
    """Every run of text on a page, in millimetres from the top left corner."""
    document = pypdfium2.PdfDocument(pdf.data)
    try:
        sheet = document[page]
        height = sheet.get_height()
        text = sheet.get_textpage()
        found = []
        for number in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(number)
            said = text.get_text_bounded(left, bottom, right, top).strip()
            box = Box(left / MM, (height - top) / MM, right / MM, (height - bottom) / MM)
            found.append(Word(said, box))
        return found
    finally:
        document.close()


def whole_text(pdf: Pdf) -> str:
    document = pypdfium2.PdfDocument(pdf.data)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def picture(pdf: Pdf, dots_per_mm: int = 4) -> Image.Image:
    """The first page as a grey picture."""
    document = pypdfium2.PdfDocument(pdf.data)
    try:
        shown: Image.Image = document[0].render(scale=dots_per_mm / MM).to_pil()
        return shown.convert("L")
    finally:
        document.close()


def ink(image: Image.Image, box: Box, dots_per_mm: int = 4) -> Box | None:
    """The smallest box, within `box`, that holds everything printed there."""
    edges = tuple(round(side * dots_per_mm) for side in (box.left, box.top, box.right, box.bottom))
    dark = image.crop(edges).point(lambda grey: 255 if grey < 200 else 0).getbbox()  # type: ignore[arg-type]
    if dark is None:
        return None
    left, top, right, bottom = (side / dots_per_mm for side in dark)
    return Box(box.left + left, box.top + top, box.left + right, box.top + bottom)
