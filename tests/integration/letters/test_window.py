"""The address shows in the envelope's window, whole and alone, on every sheet and in every language."""

from __future__ import annotations

import pytest

from channels.contract import Sender
from channels.errors import Permanent, Refused
from channels.letter.address import address_lines, country_of
from channels.letter.paper import A4, US_LETTER, Box, paper_for
from tests.integration.letters.sheet import ink, message, picture, typeset, whole_text, words

ADDRESSES = {
    "two lines": ("en", "Ana Li\nPortland, OR 97201"),
    "four lines": ("en", "Maria Alvarez\nApartment 4B\n1234 North Long Boulevard\nPortland, OR 97201"),
    "six lines": (
        "es",
        "María de los Ángeles Fernández-Villavicencio y Gutiérrez\nEdificio Guadalupe, Piso 12\n"  # noqa: ISC004
        "Urbanización Las Flores del Campo\nCarretera Nacional Kilómetro 27\nMiami, FL 33101\nUSA",
    ),
    "a long name": ("en", f"{'Wolfeschlegelsteinhausen Bergerdorff'}\n9 Main St\nPortland, OR 97201"),
    "chinese": (
        "zh",
        (
            "欧阳小明\n上海市浦东新区世纪大道一千二百三十四号\n陆家嘴金融贸易中心大厦西塔\n二十八层二八零一室\n上海市\n200120"
        ),
    ),
    "chinese in america": ("zh", "王小明\n1234 North Long Boulevard\nPortland, OR 97201"),
    "a4 in english": ("en", "John Smith\nFlat 3\n10 High Street\nLondon\nSW1A 1AA\nUnited Kingdom"),
}


def lines_of(name: str) -> list[str]:
    return ADDRESSES[name][1].splitlines()


def grown(box: Box, by: float = 0.3) -> Box:
    """Room for a J that hangs over its edge, and for rounding."""
    return Box(box.left - by, box.top - by, box.right + by, box.bottom + by)


@pytest.mark.parametrize("name", list(ADDRESSES))
def test_every_line_of_the_address_lies_in_the_window(name: str) -> None:
    language, address = ADDRESSES[name]
    pdf, paper = typeset(message(language, address))
    inside = [word for word in words(pdf) if paper.window.overlaps(word.box)]
    said = " ".join(word.text for word in inside).replace(" ", "")
    for line in lines_of(name):
        assert line.replace(" ", "") in said
    for word in inside:
        assert paper.window.contains(word.box), f"{word.text} is cut by the edge of the window"


@pytest.mark.parametrize("name", list(ADDRESSES))
def test_nothing_else_lies_near_the_window(name: str) -> None:
    language, address = ADDRESSES[name]
    letter = message(language, address)
    pdf, paper = typeset(letter)
    allowed = address.replace("\n", "").replace(" ", "")
    if paper.back_in_window:
        allowed += letter.parameters["envelope"].replace("\n", "·").replace(" ", "")
    for word in words(pdf):
        if paper.clear.overlaps(word.box):
            assert word.text.replace(" ", "") in allowed, word
            assert grown(paper.address).contains(word.box) or grown(paper.back).contains(word.box)


@pytest.mark.parametrize("name", list(ADDRESSES))
def test_the_picture_of_the_page_shows_ink_only_in_the_boxes(name: str) -> None:
    language, address = ADDRESSES[name]
    pdf, paper = typeset(message(language, address))
    page = picture(pdf)
    found = ink(page, paper.clear)
    assert found is not None
    if paper.back_in_window:
        gap = Box(paper.clear.left, paper.back.bottom, paper.clear.right, paper.address.top - 0.5)
        assert ink(page, gap) is None
        whole = Box(paper.back.left, paper.back.top, paper.back.right, paper.address.bottom)
        assert grown(whole).contains(found)
    else:
        assert grown(paper.address).contains(found)
    assert paper.window.contains(found)


def test_a_short_american_address_shows_wherever_the_sheet_lies() -> None:
    """The sheet has 11.6 mm of play upwards and 12.7 mm to each side in envelope no. 10."""
    pdf, paper = typeset(message(*ADDRESSES["four lines"]))
    found = ink(picture(pdf), paper.window)
    assert found is not None
    assert Box(22.2, 63.4, 111.2, 80.4).contains(found)


def test_an_a4_address_shows_wherever_the_sheet_lies() -> None:
    """The sheet has 5 mm of play upwards and to each side in envelope DL."""
    pdf, paper = typeset(message(*ADDRESSES["a4 in english"]))
    always = Box(20.0, 50.0, 100.0, 90.0)
    assert all(always.contains(word.box) for word in words(pdf) if paper.window.overlaps(word.box))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("Ana Li\n" + "x" * 81 + "\nPortland, OR 97201", "address_too_long"),
        ("Ana Li\n" + "W" * 60 + "\nPortland, OR 97201", "address_too_long"),
        ("王\n" + "龘" * 40 + "\n200120", "address_too_long"),
        ("\n".join(["Ana Li", *["line"] * 5, "Portland, OR 97201"]), "address_too_long"),
        ("Ana Li", "address_incomplete"),
        ("", "address_incomplete"),
        ("Ana\u202eLi\nPortland, OR 97201", "not_printable"),
        ("Ana\x00Li\nPortland, OR 97201", "not_printable"),
        ("آنا لي\nPortland, OR 97201", "not_printable"),
        ("Ana 😀\nPortland, OR 97201", "not_printable"),
    ],
)
def test_an_address_that_cannot_be_shown_is_refused(address: str, code: str) -> None:
    with pytest.raises(Permanent) as caught:
        typeset(message("en", address))
    assert caught.value.code == code
    assert "Portland" not in caught.value.message


def test_the_width_that_fits_is_found_exactly_and_never_passed() -> None:
    fits, refused = 0, 0
    for length in range(30, 60, 3):
        try:
            pdf, paper = typeset(message("en", f"Ana Li\n{'M' * length}\nPortland, OR 97201"))
        except Permanent:
            refused += 1
            continue
        assert not refused, "a longer line fitted where a shorter one did not"
        fits += 1
        assert all(paper.window.contains(w.box) for w in words(pdf) if paper.window.overlaps(w.box))
    assert fits
    assert refused


@pytest.mark.parametrize("name", ["four lines", "chinese", "six lines"])
def test_the_envelope_shows_no_debt(name: str) -> None:
    language, address = ADDRESSES[name]
    pdf, paper = typeset(message(language, address))
    seen = [
        w.text for w in words(pdf) if paper.window.overlaps(w.box) or (w.box.bottom < 25 and w.box.left < 110)
    ]
    shown = " ".join(seen)
    for word in ("Recovery", "Harbor", "250.00", "1234 with", "甲消费金融", "2,500", "催", "债"):
        assert word not in shown


def test_a_letterhead_that_names_the_matter_stays_off_the_envelope() -> None:
    letterhead = Sender(name="Debt Recovery LLC", address=("Debt Recovery LLC", "for Harbor Bank"))
    for name in ("four lines", "a4 in english"):
        pdf, paper = typeset(message(*ADDRESSES[name], sender=letterhead))
        near = [w.text for w in words(pdf) if w.box.left < 112 and w.box.top < paper.clear.bottom]
        assert "Northfield" in " ".join(near)
        assert not any("Recovery" in text or "Harbor" in text for text in near)


def test_the_return_name_of_a_long_sender_is_refused_rather_than_cut() -> None:
    letter = message("en", ADDRESSES["four lines"][1])
    letter_with = {**letter.parameters, "envelope": "W" * 80}
    with pytest.raises(Refused) as caught:
        typeset(message("en", ADDRESSES["four lines"][1], parameters=letter_with))
    assert caught.value.code == "return_too_long"


@pytest.mark.parametrize(
    ("language", "address", "country", "meta"),
    [
        ("en", "Ana\n1 Main St\nPortland, OR 97201", "US", {}),
        ("es", "Ana\n1 Main St\nMiami, FL 33101-1234", "US", {}),
        ("zh", "王\n上海市浦东新区\n200120", "CN", {}),
        ("en", "Wang\n1 Century Ave\nShanghai\nChina", "CN", {}),
        ("en", "Ana\n1 Calle\nMéxico", "MX", {}),
        ("en", "Ana\n1 High Street\nLondon", "GB", {"country": "gb"}),
        ("en", "Ana\n1 High Street\nLondon\nGB", "GB", {}),
        ("zh", "王\n1 High Street\nLondon\n英国", "GB", {"country": "CN"}),
        ("en", "Ana\n1 High Street\nLondon", "", {}),
    ],
)
def test_the_country_of_an_address(language: str, address: str, country: str, meta: dict[str, str]) -> None:
    letter = message(language, address, meta=meta)
    assert country_of(letter, address_lines(letter, "test")) == country


def test_a_country_s_code_is_written_out() -> None:
    assert address_lines(message("en", "Ana\n1 Main St\nUS"), "test")[-1] == "UNITED STATES"
    assert address_lines(message("zh", "王\n世纪大道1号\n200120 上海\nCN"), "test")[-1] == "中国"
    assert address_lines(message("en", "Ana\n1 Main St\nZZ"), "test")[-1] == "ZZ"


def test_sheets_by_country() -> None:
    assert paper_for("us") is US_LETTER
    assert paper_for("MX") is US_LETTER
    assert paper_for("CN") is A4
    assert paper_for("") is A4
    for paper in (US_LETTER, A4):
        assert paper.window.contains(paper.address)
        assert paper.clear.bottom < paper.body_top
        assert not paper.clear.overlaps(paper.info)
        assert not any(paper.clear.top < fold < paper.clear.bottom for fold in paper.folds)


def test_the_recipient_is_named_once() -> None:
    pdf, paper = typeset(message("en", "1 Main St\nPortland, OR 97201", recipient_name="Ana  Li"))
    assert [w.text for w in words(pdf) if paper.window.overlaps(w.box)] == [
        "Ana Li",
        "1 Main St",
        "Portland, OR 97201",
    ]
    again, _ = typeset(message("en", "ANA LI\n1 Main St\nPortland, OR 97201", recipient_name="Ana Li"))
    assert whole_text(again).count("Ana Li") == 0
