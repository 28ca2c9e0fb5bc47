"""The seal of a creditor: from the firm file to the ink on the letter of an agency in China."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from pydantic import SecretStr

from channels.letter.model import MAX_SEAL_BYTES
from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.domain import firm_file, seal
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from orchestrator.services.contact import Contact, send_contact
from orchestrator.settings import Settings
from orchestrator.store import migration
from orchestrator.store.database import Database

# a Wednesday, eleven in Shanghai
NOW = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
RED = (200, 20, 20)
BOOK = """\
consumer_id,kind,given_name,family_name,country,language,address_line1,city,subdivision,postal_code,account_id,creditor,actor,\
currency,balance,delinquent_since,new_placement,agency_notice_on
C-1,person,强,陈,CN,zh-CN,浦东新区中山路13号,上海市,CN-SH,200120,A-1,bright-finance,third_party_collector,\
CNY,6651.00,2026-07-16,yes,2026-09-01
C-2,person,艳,孙,CN,zh-CN,福田区建设路62号,深圳市,CN-GD,518000,A-2,river-bank,third_party_collector,\
CNY,6651.00,2026-07-16,yes,2026-09-01
"""


def stamp() -> bytes:
    """A round red seal."""
    image = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(image).ellipse((8, 8, 291, 291), outline=RED, width=18)
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def firm_with_seal(folder: Path, name: str = "bright.png") -> Path:
    """The sample firm with a seal for one of its creditors."""
    sample = (resources.files("orchestrator.sample") / "firm.yaml").read_text(encoding="utf-8")
    path = folder / "firm.yaml"
    line = "  - id: bright-finance\n"
    path.write_text(sample.replace(line, f"{line}    seal_image: {name}\n"), encoding="utf-8")
    return path


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    (tmp_path / "bright.png").write_bytes(stamp())
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path}/test.db",
        secret_key=SecretStr("a secret of the tests, long enough to seal"),
        firm=firm_with_seal(tmp_path),
        letter_spool=tmp_path / "spool",
    )  # type: ignore[call-arg]
    migration.upgrade(Database(settings.database_url))
    opened = Runtime.open(settings, VirtualClock(NOW))
    book = tmp_path / "portfolio.csv"
    book.write_text(BOOK, encoding="utf-8")
    assert import_file(opened.database, book, ImportOptions(), opened.clock, opened.sealer).rejected == 0
    yield opened
    opened.close()


def letter(runtime: Runtime, consumer_id: str) -> pypdfium2.PdfDocument:
    """The PDF in the spool after a reminder was sent."""
    asked = Contact(consumer_id, "letter", template="reminder")
    sent = asyncio.run(send_contact(runtime.house, asked, requested_by="test"))
    assert sent.attempt_id is not None, sent.verdict
    (file,) = runtime.settings.data_dir.rglob(f"{sent.attempt_id}.pdf")
    return pypdfium2.PdfDocument(file.read_bytes())


def images(document: pypdfium2.PdfDocument) -> list[tuple[int, Image.Image, tuple[float, ...]]]:
    """Every image of the document: its page, its pixels, and its place in millimetres."""
    found = []
    for number, page in enumerate(document):
        for item in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,)):
            place = tuple(side / 72 * 25.4 for side in item.get_bounds())
            found.append((number, item.get_bitmap().to_pil(), place))
    return found


def test_the_letter_of_a_creditor_with_a_seal_bears_it(runtime: Runtime) -> None:
    document = letter(runtime, "C-1")
    ((page, shown, (left, bottom, right, top)),) = images(document)
    assert page == len(document) - 1
    assert shown.convert("RGB").getpixel((150, 12)) == RED
    assert right - left == pytest.approx(32, abs=0.5)
    assert top - bottom == pytest.approx(32, abs=0.5)
    document.close()


def test_another_creditor_does_not_borrow_it(runtime: Runtime) -> None:
    document = letter(runtime, "C-2")
    assert images(document) == []
    document.close()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "cannot be read"),
        (b"GIF89a", "is no image for a letter"),
        (stamp() + b"\0" * MAX_SEAL_BYTES, "more than 200 KB"),
    ],
    ids=["missing", "another format", "too large"],
)
def test_a_seal_that_cannot_be_printed_makes_the_firm_unfit(
    tmp_path: Path, data: bytes | None, words: str
) -> None:
    if data is not None:
        (tmp_path / "bright.png").write_bytes(data)
    path = firm_with_seal(tmp_path)
    with pytest.raises(seal.SealError, match=words) as refused:
        seal.load(firm_file.load(path), path)
    assert refused.value.where == "creditors.bright-finance.seal_image"


def test_what_the_firm_may_name_a_letter_takes() -> None:
    assert seal.MAX_BYTES == MAX_SEAL_BYTES
