"""Header fields that cannot be broken out of: what may be in them, how they are written and checked.

A value with a line break, or with an encoded word that some software decodes once more, can start a header
of its own (a Bcc, another recipient). So such values are refused, never cleaned: a cleaned subject is not the
one that was approved.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from email import policy
from email.header import decode_header
from email.parser import BytesHeaderParser

from channels.errors import Permanent, Refused

PROVIDER = "smtp"
_LINE = 76
_WORD_BYTES = 39
_NAME_BYTES = 42
_LONGEST_TOKEN = 900

_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]|=\\?")
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,70}")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@)({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)")

Field = tuple[str, str]
"""A header's name and its value as readable text, not as written."""


def checked_text(value: str, what: str) -> str:
    """Give `value` back if it is safe in a header; Refused `unsafe_header` otherwise."""
    found = _FORBIDDEN.search(value)
    if found is not None:
        raise Refused(
            f"the {what} contains {found[0]!r}, which could start a header of its own",
            code="unsafe_header",
            provider=PROVIDER,
            hint="take it out of the template or of the value put into it",
        )
    return value


def checked_name(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise Refused(f"{name!r} is no header name", code="unsafe_header", provider=PROVIDER)
    return name


def one_mailbox(address: str, what: str = "recipient") -> str:
    """Exactly one plain mailbox, without a display name; Permanent `bad_recipient` for anything else.

    A domain in other scripts is given in its ASCII form; local parts outside ASCII are not supported.
    """
    local, at, domain = address.rpartition("@")
    if at and not domain.isascii():
        try:
            address = f"{local}@{domain.encode('idna').decode('ascii')}"
        except UnicodeError:
            address = ""
    if _MAILBOX.fullmatch(address) is None or "=?" in address:
        raise Permanent(f"the {what} is not exactly one mailbox", code="bad_recipient", provider=PROVIDER)
    return address


def written(name: str, value: str) -> bytes:
    """One header as it goes on the wire, folded, with its line end. `value` was checked before."""
    if _PLAIN.fullmatch(value) and (
        len(value) <= _LONGEST_TOKEN or max(map(len, value.split(" "))) <= _LONGEST_TOKEN
    ):
        return _folded(f"{name}: {value}") + b"\r\n"
    return f"{name}: {_encoded(value)}\r\n".encode("ascii")


def written_mailbox(name: str, display: str, address: str) -> bytes:
    """An address header with one mailbox and, where given, a name beside it."""
    if not display:
        return f"{name}: {address}\r\n".encode("ascii")
    if _PLAIN.fullmatch(display) and len(display) < _LINE:
        quoted = display.replace("\\", "\\\\").replace('"', '\\"')
        return f'{name}: "{quoted}"\r\n <{address}>\r\n'.encode("ascii")
    # some parsers put a space between two encoded words of a name: one word where it fits
    words = _encoded(display, _NAME_BYTES)
    return f"{name}: {words}\r\n <{address}>\r\n".encode("ascii")


def mailbox_text(display: str, address: str) -> str:
    """How `written_mailbox` reads once it is parsed."""
    if not display:
        return address
    if _PLAIN.fullmatch(display) and len(display) < _LINE:
        quoted = display.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{display} <{address}>"


# names, a colon and a space, printable text; a line that goes on starts with a space and holds more than spaces
_UNAMBIGUOUS = re.compile(rb"(?:[A-Za-z0-9-]+: [!-~](?:[ -~]*[!-~])?\r\n(?: [ -~]*[!-~]\r\n)*)+")
_PARSER = BytesHeaderParser(policy=policy.compat32)


def ensure_same(block: bytes, fields: Sequence[Field]) -> None:
    """Parse a header block back and compare it with what was set, name by name and value by value.

    Printable ASCII without encoded words reads in one way only, and is read in a tenth of the time.
    """
    if _UNAMBIGUOUS.fullmatch(block) and b"=?" not in block:
        lines = block.decode("ascii").replace("\r\n ", " ").removesuffix("\r\n").split("\r\n")
        if [tuple(line.split(": ", 1)) for line in lines] == list(fields):
            return
    parsed = _PARSER.parsebytes(block + b"\r\n")
    found = [(name, _readable(str(raw))) for name, raw in parsed.raw_items()]
    if found != list(fields) or parsed.defects or parsed.get_payload():
        raise Refused(
            "the message does not read back as the headers that were set",
            code="unsafe_header",
            provider=PROVIDER,
        )


def _readable(raw: str) -> str:
    line = raw.replace("\r\n", "")
    if "=?" not in line:
        return line
    return "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii")
        for part, charset in decode_header(line)
    )


def _folded(line: str) -> bytes:
    """Break a line before spaces, where it is over length; unfolding gives it back unchanged."""
    if len(line) <= _LINE:
        return line.encode("ascii")
    pieces: list[str] = []
    rest = line
    start = rest.find(": ") + 2
    while len(rest) > _LINE:
        cut = rest.rfind(" ", start, _LINE)
        if cut <= 0:
            cut = rest.find(" ", max(start, _LINE))
        if cut <= 0 or not rest[cut:].strip():
            break
        pieces.append(rest[:cut])
        rest, start = rest[cut:], 1
    return "\r\n".join([*pieces, rest]).encode("ascii")


def _encoded(value: str, word_bytes: int = _WORD_BYTES) -> str:
    """RFC 2047 words of whole characters, one to a line."""
    words: list[str] = []
    chunk = b""
    for character in value:
        piece = character.encode("utf-8")
        if len(chunk) + len(piece) > word_bytes:
            words.append(_word(chunk))
            chunk = b""
        chunk += piece
    words.append(_word(chunk))
    return "\r\n ".join(words)


def _word(chunk: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(chunk).decode('ascii')}?="
