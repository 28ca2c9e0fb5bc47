"""What the typesetter is given: plain data from a message, checked, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.contract import Message
from channels.errors import Refused
from channels.letter.address import check_printable
from channels.letter.paper import Paper

_HEADED = ("amounts", "legal_basis", "rights", "notices", "contact", "objection")
_HEADINGS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "amounts": "Amounts",
        "legal_basis": "Basis",
        "rights": "Your rights",
        "notices": "Important information",
        "contact": "How to reach us",
        "objection": "If you see it differently",
        "page": "Page {n} of {m}",
    },
    "es": {
        "amounts": "Importes",
        "legal_basis": "Fundamento",
        "rights": "Sus derechos",
        "notices": "Información importante",
        "contact": "Cómo comunicarse con nosotros",
        "objection": "Si no está de acuerdo",
        "page": "Página {n} de {m}",
    },
    "zh": {
        "amounts": "款项明细",
        "legal_basis": "合同与法律依据",
        "rights": "权利与义务",
        "notices": "重要说明",
        "contact": "查询、还款与联系方式",
        "objection": "异议与证据",
        "page": "第{n}页，共{m}页",
    },
}
_LATIN, _CJK = "Libertinus Serif", "Noto Sans CJK TC"
MAX_TEXT = 64 * 1024
MAX_SEAL_BYTES = 200 * 1024
MAX_BACK_LINE = 64


def letter_data(
    message: Message, address: tuple[str, ...], paper: Paper, provider: str, mark: str = ""
) -> dict[str, Any]:
    """The letter as data. Parts come from `message.parameters`; without a body the plain text is used.

    `mark`: stands over every sheet of a letter that does not leave.
    """
    parts = message.parameters
    body = parts.get("body") or message.text
    if not body.strip():
        raise Refused("the letter has no text", code="empty", provider=provider)
    _check(parts, message, provider)
    language = message.language.split("-")[0].lower()
    headings = _HEADINGS.get(language, _HEADINGS["en"])
    return {
        "paper": paper,
        "mark": mark,
        "lang": language,
        "region": _region(message.language, language),
        "fonts": [_CJK, _LATIN] if language in {"zh", "ja", "ko"} else [_LATIN, _CJK],
        "page_text": headings["page"],
        "address": address,
        "back": _back(message, paper),
        "sender_name": message.sender.name,
        "sender_lines": _sender_lines(message),
        "info_lines": [parts[name] for name in ("date", "reference") if parts.get(name)],
        "footer": parts.get("reference", ""),
        "salutation": parts.get("salutation", ""),
        "body": _paragraphs(body),
        "sections": _sections(parts, headings),
        "closing": _lines(parts.get("closing", "")),
        "seal": _seal(message, provider),
        "seal_text": parts.get("seal", ""),
    }


def _check(parts: Mapping[str, str], message: Message, provider: str) -> None:
    texts = [*parts.values(), message.text, message.sender.name, *message.sender.address]
    if sum(map(len, texts)) > MAX_TEXT * 2:
        raise Refused(f"the letter has more than {MAX_TEXT} characters", code="too_long", provider=provider)
    for text in texts:
        check_printable(text, "the letter", provider)


def _region(tag: str, language: str) -> str:
    """Without a region Chinese is set with mainland forms of the signs."""
    pieces = tag.split("-")
    if len(pieces) > 1 and len(pieces[-1]) == 2:
        return pieces[-1].lower()
    return {"zh": "cn", "en": "us", "es": "us"}.get(language, "us")


def _back(message: Message, paper: Paper) -> list[str]:
    """What the envelope shows of the sender: the template's `envelope` part alone; a letterhead may tell more.

    In a shared window it is one small line; a return address that would not fit there is left to the name.
    """
    lines = _lines(message.parameters.get("envelope", ""))
    if paper.back_in_window:
        whole = " · ".join(lines)
        return [whole] if len(whole) <= MAX_BACK_LINE else lines[:1]
    return [piece for line in lines for piece in _halves(line)]


def _halves(line: str) -> list[str]:
    """A long address in two lines, broken at the comma nearest to its middle."""
    commas = [place for place, sign in enumerate(line) if sign in ",，"]
    if len(line) <= MAX_BACK_LINE // 2 or not commas:
        return [line]
    cut = min(commas, key=lambda place: abs(place - len(line) // 2)) + 1
    return [line[:cut].strip(), line[cut:].strip()]


def _sender_lines(message: Message) -> list[str]:
    sender = message.sender
    return [line for line in (*sender.address, sender.number, sender.email) if line]


def _sections(parts: Mapping[str, str], headings: Mapping[str, str]) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = []
    for name in _HEADED:
        text = parts.get(name, "").strip()
        if not text:
            continue
        section: dict[str, Any] = {"kind": "text", "heading": headings[name], "paragraphs": [], "rows": []}
        if name == "amounts":
            section["kind"], section["rows"] = "table", [_row(line) for line in _lines(text)]
        else:
            section["paragraphs"] = _paragraphs(text)
        sections.append(section)
    return sections


def _row(line: str) -> list[str]:
    label, _, amount = line.rpartition("|")
    return [label.strip(), amount.strip()]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _paragraphs(text: str) -> list[str]:
    return [block.strip() for block in text.split("\n\n") if block.strip()]


def _seal(message: Message, provider: str) -> list[int] | None:
    """The sender's seal as an image, if the message brings one named `seal`."""
    for one in message.attachments:
        if one.name == "seal" and one.media_type in {"image/png", "image/jpeg"}:
            if len(one.data) > MAX_SEAL_BYTES:
                raise Refused("the seal image is too large", code="seal_too_large", provider=provider)
            return list(one.data)
    return None
