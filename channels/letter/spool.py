"""Letters as PDF into a spool folder that a printer or a mailing house empties.

Accepted means: the PDF and its manifest line are on disk. Every other end leaves neither, so a failure is always
a proven refusal; the attempt id makes a repeated call find its first letter.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from channels.contract import Accepted, Channel, Message, ensure_time_left
from channels.errors import Refused, SetupError, Temporary
from channels.letter.manifest import Entry, Spool
from channels.letter.pdf import Pdf, Typesetter
from channels.letter.preview import typeset
from channels.setting import text_setting

NAME = "letter_spool"
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}")


class LetterSpool:
    """Typesets and spools one letter per send, in a thread."""

    name = NAME
    channel = Channel.LETTER
    is_simulated = False
    max_per_500ms = 40

    def __init__(self, folder: Path, typesetter: Typesetter | None = None) -> None:
        self._spool = Spool(folder)
        self._typesetter = typesetter or Typesetter()

    async def send(self, message: Message, deadline: float) -> Accepted:
        """Accepted with the attempt id as the provider's id; raises Permanent for an address that cannot do."""
        ensure_time_left(deadline, self.name)
        return await asyncio.to_thread(self._deliver, message, deadline)

    async def close(self) -> None:
        """Nothing is held open."""

    def preview(self, message: Message) -> Pdf:
        """The PDF of a letter without spooling it."""
        return typeset(message, self._typesetter, self.name)[0]

    def _deliver(self, message: Message, deadline: float) -> Accepted:
        if not _SAFE_NAME.fullmatch(message.attempt_id):
            raise Refused("the attempt id cannot name a file", code="bad_attempt_id", provider=self.name)
        try:
            entry = self._spool.find(message.attempt_id)
            if entry is None:
                entry, pdf = self._typeset(message)
                ensure_time_left(deadline, self.name)
                entry = self._spool.add(entry, pdf.data)
        except OSError as fault:
            raise Temporary(
                f"the letter could not be written: {fault.strerror or fault}",
                code="spool_unwritable",
                provider=self.name,
                hint="look at the disk and the folder's permissions",
            ) from fault
        detail = {"file": entry.file, "sha256": entry.sha256, "pages": str(entry.pages)}
        return Accepted(provider=self.name, provider_id=message.attempt_id, at=message.sent_at, detail=detail)

    def _typeset(self, message: Message) -> tuple[Entry, Pdf]:
        pdf, country, paper = typeset(message, self._typesetter, self.name)
        entry = Entry(
            attempt_id=message.attempt_id,
            file=f"{message.attempt_id}.pdf",
            sha256=hashlib.sha256(pdf.data).hexdigest(),
            pages=pdf.pages,
            country=country,
            paper=paper.name,
            created=message.sent_at.isoformat() if message.sent_at else None,
        )
        return entry, pdf


def from_settings(settings: Mapping[str, object]) -> LetterSpool | None:
    """Read `letter_spool`, the folder; None without it. Raises SetupError for one that cannot be used."""
    folder = text_setting(settings, "letter_spool")
    if not folder:
        return None
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise SetupError(f"letter_spool {folder!r} is not a folder", code="bad_setting", hint="name a folder")
    return LetterSpool(path)
