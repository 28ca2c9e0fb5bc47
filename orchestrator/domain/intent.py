"""What an inbound message asks for. A stop in any wording stops; a doubt suppresses and asks a person.

A message may ask for several things ("STOP, I dispute this, talk to my lawyer"): all are found. The order of
the enum is the order of protection, so the first found decides what is acknowledged.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain import wording


class Intent(StrEnum):
    """What a message may mean, the most protective first."""

    STOP = "stop"
    CEASE = "cease"
    MAYBE_STOP = "maybe_stop"
    ATTORNEY = "attorney"
    BANKRUPTCY = "bankruptcy"
    DECEASED = "deceased"
    WRONG_PARTY = "wrong_party"
    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    HARDSHIP = "hardship"
    CALL_BACK = "call_back"
    PROMISE = "promise"
    START = "start"
    HELP = "help"
    OTHER = "other"


_ORDER = list(Intent)
_CLAUSE = re.compile(r"[.,;:!?。，；！？\n]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """The intents found, the most protective first; never empty."""

    intents: tuple[Intent, ...]

    @property
    def first(self) -> Intent:
        return self.intents[0]

    @property
    def suppresses(self) -> bool:
        """Nothing more may leave on this channel until a person or the consumer says otherwise."""
        return any(found in self.intents for found in (Intent.STOP, Intent.CEASE, Intent.MAYBE_STOP))


def read(text: str) -> Reading:
    """The intents of an inbound message in English, Spanish or Chinese; misspelt stop words are found."""
    plain = fold(text)
    found = {intent for intent, pattern in wording.PHRASES if pattern.search(plain)}
    intents = {Intent(name) for name in found}
    clauses = [fold(clause) for clause in _CLAUSE.split(text)]
    intents |= {stop for part in (plain, *clauses) if (stop := _stop(part)) is not None}
    if "🛑" in text or wording.ANGER.search(plain) or wording.WEARY.search(plain):
        intents.add(Intent.MAYBE_STOP)
    if Intent.STOP in intents or Intent.CEASE in intents:
        intents.discard(Intent.MAYBE_STOP)
    if Intent.START in intents and len(intents) > 1:
        intents.discard(Intent.START)
    return Reading(tuple(sorted(intents, key=_ORDER.index)) or (Intent.OTHER,))


def fold(text: str) -> str:
    """Lower case, compatibility forms joined, accents and punctuation gone, one space between words."""
    joined = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    bare = "".join(sign for sign in joined if not unicodedata.combining(sign))
    bare = re.sub(r"(?<=\w)['’`](?=\w)", "", bare)
    return re.sub(r"[\W_]+", " ", bare).strip()


def _stop(plain: str) -> Intent | None:
    words = plain.split()
    if not words:
        return None
    content = [word for word in words if word not in wording.COURTESY]
    if content and all(_is_stop_word(word) for word in content):
        return Intent.STOP
    if "".join(words) in wording.STOP_WORDS or _is_chinese_stop(plain):
        return Intent.STOP
    hinted = any(_is_stop_word(word) and word not in wording.EVERYDAY for word in content)
    if hinted or wording.CHINESE_HINT.search(plain):
        return Intent.MAYBE_STOP
    return None


def _is_chinese_stop(plain: str) -> bool:
    squeezed = plain.replace(" ", "")
    return bool(wording.CHINESE_STOP.search(squeezed))


def _is_stop_word(word: str) -> bool:
    if word in wording.STOP_WORDS:
        return True
    if not word.isascii() or len(word) < 3:
        return False
    squeezed = re.sub(r"(.)\1+", r"\1", word)
    if squeezed in wording.STOP_WORDS:
        return True
    return word not in wording.LOOKALIKES and any(_is_near(word, known) for known in wording.MISSPELT)


def _is_near(word: str, known: str) -> bool:
    """One letter added, lost, changed, or two neighbours swapped; short words keep their first letter."""
    if abs(len(word) - len(known)) > 1 or word == known:
        return word == known
    if len(known) <= 5 and word[0] != known[0] and sorted(word) != sorted(known):
        return False
    if len(word) == len(known):
        differing = [place for place in range(len(word)) if word[place] != known[place]]
        swapped = len(differing) == 2 and sorted(word) == sorted(known) and differing[1] == differing[0] + 1
        return len(differing) == 1 or swapped
    longer, shorter = (word, known) if len(word) > len(known) else (known, word)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
