"""What a letter holds: every section, pages that are numbered, values that stay values, the same bytes again."""

from __future__ import annotations

import hashlib
import io

import pypdfium2
import pytest
from PIL import Image

from channels.contract import Attachment
from channels.errors import Refused
from channels.letter.pdf import Pdf
from tests.integration.letters.sheet import message, typeset, whole_text

HOME = "Ana Li\n1 Main St\nPortland, OR 97201"
INJECTIONS = [
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd")',
    "#{ while true {} }",
    "[*bold*] _it_ $x$ = Heading",
    "\\ back \\n \\u{1F600}",
    "<label> @ref `raw` // comment /* more */",
    '#panic("does-not-fit:address")',
    "}} {{ ]] [[ \" ' `",
]


def plain(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_every_section_is_printed(language: str) -> None:
    letter = message(language, HOME)
    pdf, _ = typeset(letter)
    text = plain(whole_text(pdf))
    for name, part in letter.parameters.items():
        for line in part.replace("|", "\n").splitlines():
            assert plain(line) in text, f"{name}: {line}"


@pytest.mark.parametrize("value", INJECTIONS)
def test_values_are_set_as_text_and_never_run(value: str) -> None:
    letter = message("en", f"Ana Li\n{value}\nPortland, OR 97201")
    parts = {
        **letter.parameters,
        "body": value,
        "salutation": value,
        "closing": value,
        "reference": value[:30],
    }
    pdf, _ = typeset(message("en", f"Ana Li\n{value}\nPortland, OR 97201", parameters=parts))
    assert plain(whole_text(pdf)).count(plain(value)) >= 4


def test_the_same_letter_gives_the_same_bytes() -> None:
    first, _ = typeset(message("zh", HOME))
    typeset(message("en", HOME))
    again, _ = typeset(message("zh", HOME))
    assert hashlib.sha256(first.data).digest() == hashlib.sha256(again.data).digest()
    assert b"CreationDate" not in first.data


@pytest.mark.parametrize(("paragraphs", "language"), [(1, "en"), (30, "en"), (80, "zh")])
def test_pages_are_counted_and_numbered(paragraphs: int, language: str) -> None:
    letter = message(language, HOME)
    body = "\n\n".join(f"{number}. {letter.parameters['body'][:300]}" for number in range(paragraphs))
    pdf, _ = typeset(message(language, HOME, parameters={**letter.parameters, "body": body}))
    document = pypdfium2.PdfDocument(pdf.data)
    assert pdf.pages == len(document)
    document.close()
    text = plain(whole_text(pdf))
    for number in range(1, pdf.pages + 1):
        said = f"Page {number} of {pdf.pages}" if language == "en" else f"第{number}页，共{pdf.pages}页"
        assert plain(said) in text


def test_a_letter_without_parts_prints_its_plain_text() -> None:
    pdf, _ = typeset(message("en", HOME, parameters={}, text="First.\n\nSecond."))
    text = whole_text(pdf)
    assert "First." in text
    assert "Second." in text


def test_an_empty_letter_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        typeset(message("en", HOME, parameters={}, text=" "))
    assert caught.value.code == "empty"


def test_an_endless_letter_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        typeset(message("en", HOME, text="x" * 200_000))
    assert caught.value.code == "too_long"


def seal() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (60, 60), (200, 20, 20)).save(data, "PNG")
    return data.getvalue()


def red_dots(pdf: Pdf) -> int:
    document = pypdfium2.PdfDocument(pdf.data)
    shown = document[len(document) - 1].render(scale=1).to_pil().convert("RGB")
    document.close()
    return sum(count for count, colour in shown.getcolors(1 << 20) if colour[0] > 150 and colour[1] < 80)


def test_a_seal_is_printed_if_the_message_brings_one() -> None:
    bare, _ = typeset(message("zh", HOME))
    sealed, _ = typeset(
        message("zh", HOME, attachments=(Attachment(name="seal", media_type="image/png", data=seal()),))
    )
    assert red_dots(bare) == 0
    assert red_dots(sealed) > 1000
    huge = Attachment(name="seal", media_type="image/png", data=b"x" * 300_000)
    with pytest.raises(Refused):
        typeset(message("zh", HOME, attachments=(huge,)))
    broken = Attachment(name="seal", media_type="image/png", data=b"no picture")
    with pytest.raises(Refused):
        typeset(message("zh", HOME, attachments=(broken,)))


def test_mainland_forms_of_signs_are_used_for_chinese() -> None:
    """The sign for `bone` is drawn differently in Taiwan: the region must reach the font."""
    mainland, _ = typeset(message("zh", HOME, parameters={}, text="骨直"))
    taiwan, _ = typeset(message("zh-TW", HOME, parameters={}, text="骨直"))
    assert mainland.data != taiwan.data
