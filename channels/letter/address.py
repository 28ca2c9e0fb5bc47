"""A postal address for a window: clean lines, a country, and nothing that the fonts cannot show."""

from __future__ import annotations

import re
import unicodedata

from channels.contract import Message
from channels.errors import Permanent

MAX_LINES = 6
MAX_LINE = 80
_US_LINE = re.compile(r"\b[A-Z]{2},? \d{5}(?:-\d{4})?$")
_CN_LINE = re.compile(r"^\d{6}\b|[\u7701\u5e02\u533a\u53bf]")
_COUNTRIES = {
    "usa": "US", "u.s.a.": "US", "united states": "US", "united states of america": "US",
    "estados unidos": "US", "canada": "CA", "mexico": "MX", "méxico": "MX", "china": "CN", "中国": "CN",
    "p.r. china": "CN", "people's republic of china": "CN",
}  # fmt: skip
_NAMES = {
    "US": ("UNITED STATES", "美国"), "CA": ("CANADA", "加拿大"), "MX": ("MEXICO", "墨西哥"), "CN": ("CHINA", "中国"),
    "GB": ("UNITED KINGDOM", "英国"), "ES": ("SPAIN", "西班牙"), "DE": ("GERMANY", "德国"), "FR": ("FRANCE", "法国"),
    "HK": ("HONG KONG", "香港"), "TW": ("TAIWAN", "台湾"), "JP": ("JAPAN", "日本"), "KR": ("SOUTH KOREA", "韩国"),
    "SG": ("SINGAPORE", "新加坡"), "AU": ("AUSTRALIA", "澳大利亚"), "IN": ("INDIA", "印度"), "BR": ("BRAZIL", "巴西"),
}  # fmt: skip
_BAD = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# The packaged fonts cover these; a letter with empty boxes in it is not sent.
_SCRIPTS = (
    "LATIN", "GREEK", "CYRILLIC", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC",
    "FULLWIDTH", "HALFWIDTH", "MODIFIER", "FEMININE", "MASCULINE",
)  # fmt: skip


def address_lines(message: Message, provider: str) -> tuple[str, ...]:
    """The lines for the window, the recipient's name first; raises Permanent with what is wrong with them."""
    lines = [" ".join(line.split()) for line in message.address.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) > 1:
        lines[-1] = _country_line(lines[-1], message.language)
    name = " ".join(message.recipient_name.split())
    if name and (not lines or lines[0].casefold() != name.casefold()):
        lines.insert(0, name)
    if len(lines) < 2:
        raise Permanent("the postal address is incomplete", code="address_incomplete", provider=provider)
    if len(lines) > MAX_LINES:
        raise Permanent(
            f"the postal address has {len(lines)} lines, {MAX_LINES} fit into the window",
            code="address_too_long",
            provider=provider,
            hint="shorten the address",
        )
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            raise Permanent(
                f"line {number} of the postal address has {len(line)} characters, {MAX_LINE} at most can fit",
                code="address_too_long",
                provider=provider,
                hint="shorten the address",
            )
        check_printable(line, f"line {number} of the postal address", provider)
    return tuple(lines)


def _country_line(line: str, language: str) -> str:
    """A country's name for the post instead of its code."""
    names = _NAMES.get(line)
    return (names[language.lower().startswith("zh")]) if names else line


def check_printable(text: str, what: str, provider: str) -> None:
    """Raise Permanent for control characters and for scripts that the fonts do not have."""
    for sign in text:
        if sign == "\n" or (sign.isascii() and sign.isprintable()):
            continue
        category = unicodedata.category(sign)
        is_unknown = category.startswith("L") and not unicodedata.name(sign, "").startswith(_SCRIPTS)
        if category in _BAD or is_unknown or (ord(sign) > 0x1F000 and category == "So"):
            raise Permanent(
                f"{what} holds the character U+{ord(sign):04X}, which cannot be printed",
                code="not_printable",
                provider=provider,
            )


def country_of(message: Message, lines: tuple[str, ...]) -> str:
    """ISO 3166-1 alpha-2: as the address says, else as its consumer's, else as its lines and language look."""
    written = _written_country(lines[-1])
    said = message.meta.get("country", "").strip().upper()
    if written or re.fullmatch(r"[A-Z]{2}", said):
        return written or said
    if any(_US_LINE.search(line) for line in lines[1:]):
        return "US"
    if message.language.lower().startswith("zh") or any(_CN_LINE.search(line) for line in lines):
        return "CN"
    return "US" if message.language.lower() in {"en-us", "es-us"} else ""


def _written_country(line: str) -> str:
    """The country that a last line names, by code or by name; empty if it names none."""
    last = line.casefold().strip(". ")
    by_name = {name.casefold(): code for code, names in _NAMES.items() for name in names} | _COUNTRIES
    return by_name.get(last) or (line if re.fullmatch(r"[A-Z]{2}", line) else "")
