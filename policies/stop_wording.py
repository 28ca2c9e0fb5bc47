"""Whether an inbound message of the recorded history asks not to be contacted in that medium.

A register of stops is kept elsewhere and comes first. This is the second lock: a message whose stop was never
entered still closes the medium, because a reasonable person would have understood it (47 CFR 64.1200(a)(10);
12 CFR 1006.14(h)). It errs towards protection.
"""

from __future__ import annotations

import re
import unicodedata

# alone in the message, apart from courtesy, each of these stops
_WORDS = frozenset({
    "stop", "stopall", "quit", "end", "revoke", "optout", "cancel", "unsubscribe", "halt", "desist", "alto",
    "parar", "pare", "basta", "baja", "cancelar", "detener", "detenga", "退订", "停", "停止", "取消", "拒收",
    "td", "t",
})  # fmt: skip
_COURTESY = frozenset({
    "please", "pls", "thanks", "thank", "you", "now", "all", "texts", "text", "messages", "por", "favor",
    "gracias", "请", "谢谢",
})  # fmt: skip
_PHRASES = re.compile(
    r"\bopt(?:ing)? (?:me )?out\b|\bunsubscribe\b|\bleave me alone\b|\btake me off\b|\bremove me\b"
    r"|\bstop (?:\w+ ){0,2}(?:text|messag|call|contact|e ?mail|writ|mail|send)"
    r"|\b(?:do not|dont|never|no longer) (?:\w+ ){0,2}(?:text|message|call|contact|e ?mail|write|send|bother)"
    r"|\bno more (?:\w+ )?(?:text|message|call|e ?mail|sms|letter)"
    r"|\bno (?:me )?(?:llam|escrib|envi|mand|contact|molest)|\bdeje[n]? de\b|\bno (?:quiero )?mas mensajes\b"
    r"|不要再?(?:给我)?(?:联系|打|发|骚扰|打扰)|别再?(?:给我)?(?:联系|打|发|骚扰|打扰)"
    r"|停止(?:联系|发送|短信|骚扰)|退订|勿扰|拒收"
)
_BACK = re.compile(
    r"\b(?:do not|dont) (?:\w+ ){0,2}(?:call|text|write|contact)(?: me)? (?:back|until|before)\b"
)


def asks_to_stop(text: str | None) -> bool:
    """True for a stop word on its own or a phrase that asks for silence; English, Spanish and Chinese."""
    if not text:
        return False
    plain = _fold(text)
    content = [word for word in plain.split() if word not in _COURTESY]
    if content and all(word in _WORDS for word in content):
        return True
    return bool(_PHRASES.search(plain)) and not _BACK.search(plain)


def _fold(text: str) -> str:
    """Lower case, no accents, apostrophes joined, every other sign a space."""
    joined = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    bare = "".join(sign for sign in joined if not unicodedata.combining(sign))
    bare = re.sub(r"(?<=\w)['’`](?=\w)", "", bare)
    return re.sub(r"[\W_]+", " ", bare).strip()
