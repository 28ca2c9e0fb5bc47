"""Words that a rule lists, matched against a word of a contact: `third_party:*` covers every third party."""

from __future__ import annotations

from collections.abc import Iterable


def matches(patterns: Iterable[str], word: str | None) -> bool:
    """True if a pattern is the word, or ends in `:*` and the word starts with what is before the star."""
    if word is None:
        return False
    return any(p == word or (p.endswith(":*") and word.startswith(p[:-1])) for p in patterns)


def base(word: str) -> str:
    """What a tagged word is, without what it is about: `third_party` of `third_party:neighbour`."""
    return word.partition(":")[0]
