"""BCP 47 language tags: well-formed, with a primary subtag of ISO 639-1, or of three letters."""

from __future__ import annotations

import re

_TWO_LETTER = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz
    ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig
    ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg
    mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn
    ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt
    tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
TWO_LETTER = frozenset(_TWO_LETTER.split())
_TAG = re.compile(
    r"([A-Za-z]{2,3})(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|[0-9]{3}))?((?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*)"
)


def canonical(tag: str) -> str:
    """The tag in its usual letter case, `zh-Hans-CN`; a tag that is not well-formed is a ValueError."""
    match = _TAG.fullmatch(tag)
    if match is None:
        raise ValueError(f"{tag!r} is not a language tag; write one like en, es-MX or zh-Hans")
    language, script, region, variants = match.groups(default="")
    if len(language) == 2 and language.lower() not in TWO_LETTER:
        raise ValueError(f"{tag!r}: {language!r} is not a language of ISO 639")
    return language.lower() + script.title() + region.upper() + variants.lower()
