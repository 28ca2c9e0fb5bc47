"""The spool folder: a letter is there with its line, once, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from channels.contract import Channel, Message
from channels.errors import Permanent, Refused, SetupError, Temporary
from channels.letter.manifest import MANIFEST, Entry, Spool
from channels.letter.spool import LetterSpool, from_settings
from tests.integration.letters.sheet import TYPESETTER, message

HOME = "Ana Li\n1 Main St\nPortland, OR 97201"
NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)


def letter(attempt_id: str = "at_1", **changes: Any) -> Message:
    return msgspec.structs.replace(message("en", HOME), attempt_id=attempt_id, sent_at=NOON, **changes)


def spool(folder: Path) -> LetterSpool:
    return LetterSpool(folder, TYPESETTER)


def soon() -> float:
    return time.monotonic() + 30


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / MANIFEST).read_text(encoding="utf-8").splitlines()]


def pdfs(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("**/*.pdf*"))


async def test_a_letter_and_its_line(tmp_path: Path) -> None:
    accepted = await spool(tmp_path).send(letter(), soon())
    assert accepted.provider_id == "at_1"
    (line,) = lines(tmp_path)
    data = (tmp_path / line["file"]).read_bytes()
    assert data.startswith(b"%PDF")
    assert line == {
        "attempt_id": "at_1",
        "file": "at_1.pdf",
        "sha256": hashlib.sha256(data).hexdigest(),
        "pages": 1,
        "country": "US",
        "paper": "us-letter-10",
        "created": "2026-04-07T12:00:00+00:00",
    }
    assert pdfs(tmp_path) == ["at_1.pdf"]


async def test_the_same_attempt_is_one_letter(tmp_path: Path) -> None:
    first = await spool(tmp_path).send(letter(), soon())
    again = await spool(tmp_path).send(letter(text="other"), soon())
    both = await asyncio.gather(*(spool(tmp_path).send(letter(), soon()) for _ in range(8)))
    assert {one.detail["sha256"] for one in (first, again, *both)} == {first.detail["sha256"]}
    assert len(lines(tmp_path)) == 1


async def test_a_refused_address_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Permanent):
        await spool(tmp_path).send(letter(address="Ana Li\n" + "W" * 70 + "\nPortland, OR 97201"), soon())
    assert lines(tmp_path) == []
    assert pdfs(tmp_path) == []


async def test_a_passed_deadline_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        await spool(tmp_path).send(letter(), time.monotonic() - 1)
    assert caught.value.code == "deadline_passed"
    assert pdfs(tmp_path) == []


@pytest.mark.parametrize("attempt_id", ["../../etc/x", "a/b", "", ".hidden", "a\nb", "x" * 130])
async def test_an_attempt_id_cannot_lead_out_of_the_folder(tmp_path: Path, attempt_id: str) -> None:
    with pytest.raises(Refused) as caught:
        await spool(tmp_path / "a" / "b").send(letter(attempt_id), soon())
    assert caught.value.code == "bad_attempt_id"
    assert pdfs(tmp_path) == []


@pytest.mark.parametrize("broken", ["write", "fsync", "half"])
async def test_a_full_disk_leaves_nothing_and_may_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    place = spool(tmp_path)
    await place.send(letter("at_0"), soon())
    real_write, real_fsync, calls = os.write, os.fsync, []

    def write(handle: int, data: bytes) -> int:
        if broken == "half":
            return real_write(handle, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    def fsync(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 1:  # the first is the PDF's own
            raise OSError(28, "No space left on device")
        real_fsync(handle)

    with monkeypatch.context() as patch:
        if broken == "fsync":
            patch.setattr(os, "fsync", fsync)
        else:
            patch.setattr(os, "write", write)
        with pytest.raises(Temporary) as caught:
            await place.send(letter("at_1"), soon())
    assert caught.value.proven_unsent
    assert [line["attempt_id"] for line in lines(tmp_path)] == ["at_0"]
    assert pdfs(tmp_path) == ["at_0.pdf"]
    await place.send(letter("at_1"), soon())
    assert [line["attempt_id"] for line in lines(tmp_path)] == ["at_0", "at_1"]


async def test_a_line_cut_off_by_a_crash_is_removed(tmp_path: Path) -> None:
    await spool(tmp_path).send(letter("at_0"), soon())
    with (tmp_path / MANIFEST).open("ab") as file:
        file.write(b'{"attempt_id":"at_1","fi')
    (tmp_path / "at_1.pdf").write_bytes(b"half")
    await spool(tmp_path).send(letter("at_1"), soon())
    assert [line["attempt_id"] for line in lines(tmp_path)] == ["at_0", "at_1"]
    assert (tmp_path / "at_1.pdf").read_bytes().startswith(b"%PDF")


async def test_a_manifest_that_was_taken_away_begins_anew(tmp_path: Path) -> None:
    place = spool(tmp_path)
    await place.send(letter("at_0"), soon())
    (tmp_path / MANIFEST).write_bytes(b"")
    await place.send(letter("at_1"), soon())
    assert [line["attempt_id"] for line in lines(tmp_path)] == ["at_1"]


def _fill(folder: str, own: int) -> None:
    place = Spool(Path(folder))
    for number in range(60):
        shared = f"at_{number}"
        place.add(Entry(shared, f"{shared}.pdf", "0", 1, "US", "p"), b"%PDF shared")
        mine = f"at_{own}_{number}"
        place.add(Entry(mine, f"{mine}.pdf", "0", 1, "US", "p"), b"%PDF mine")


def test_several_processes_share_a_folder(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_fill, args=(str(tmp_path), own)) for own in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    ids = [line["attempt_id"] for line in lines(tmp_path)]
    assert len(ids) == len(set(ids)) == 60 + 3 * 60
    assert len(pdfs(tmp_path)) == len(ids)
    assert {entry.attempt_id for entry in Spool(tmp_path).entries()} == set(ids)


def test_settings(tmp_path: Path) -> None:
    assert from_settings({}) is None
    made = from_settings({"letter_spool": str(tmp_path / "new")})
    assert made is not None
    assert made.channel is Channel.LETTER
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(SetupError):
        from_settings({"letter_spool": str(tmp_path / "file")})
    with pytest.raises(SetupError):
        Spool(tmp_path / "file" / "below")


def test_a_preview_is_not_spooled(tmp_path: Path) -> None:
    assert spool(tmp_path).preview(letter()).pages == 1
    assert lines(tmp_path) == []
