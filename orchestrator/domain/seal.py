"""The image of each creditor's seal, read once: a letter that should bear one must not leave without it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from orchestrator.domain.firm import Firm
from orchestrator.errors import SettingError

MAX_BYTES = 200 * 1024
_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class Seal(msgspec.Struct, frozen=True):
    """`media_type`: image/png or image/jpeg."""

    media_type: str
    data: bytes


class SealError(SettingError):
    """A seal image that cannot be printed."""

    code = "bad_seal"


def load(firm: Firm, path: Path | None) -> dict[str, Seal]:
    """Seals by creditor id. A relative `seal_image` lies beside the firm file `path`; None: the packaged sample.

    Raises SealError for an image that is not there, is neither PNG nor JPEG, or has more than 200 KB.
    """
    folder = path.parent if path is not None else Path()
    return {one.id: _read(folder / one.seal_image, one.id) for one in firm.creditors if one.seal_image}


def _read(image: Path, creditor_id: str) -> Seal:
    where = f"creditors.{creditor_id}.seal_image"
    try:
        data = image.read_bytes()
    except OSError as problem:
        reason = problem.strerror or "not readable"
        raise SealError(f"{image} cannot be read: {reason}", where=where) from None
    media_type = next((name for start, name in _TYPES.items() if data.startswith(start)), None)
    if media_type is None:
        raise SealError(f"{image} is no image for a letter", where=where, hint="save it as PNG or JPEG")
    if len(data) > MAX_BYTES:
        hint = "3 cm are printed; 600 by 600 dots are plenty"
        raise SealError(f"{image} has more than {MAX_BYTES // 1024} KB", where=where, hint=hint)
    return Seal(media_type, data)
