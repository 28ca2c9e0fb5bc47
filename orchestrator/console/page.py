"""A page: a template under pages/ in the reader's language, with what every page needs."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from orchestrator.console import language
from orchestrator.console.access import Visitor
from orchestrator.console.cookie import runtime_of
from orchestrator.console.section import SECTIONS
from orchestrator.console.vocabulary import words
from orchestrator.console.wording import Wording

FOLDER = Path(__file__).parent
ASSETS = FOLDER / "assets"
PREFIX = "/console/assets"


@cache
def asset(name: str) -> str:
    """The address of one of our files; it changes with the file, so that browsers may keep it."""
    path = ASSETS / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"
    return f"{PREFIX}/{name}?v={digest}"


@cache
def environment(reader: str) -> Environment:
    """The templates of one language; a name that a page forgot to give is an error, never an empty place."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "pages"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.install_gettext_translations(language.translations(reader), newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(asset=asset, sections=SECTIONS, languages=language.NAMES)
    return made


def words_of(visitor: Visitor) -> NullTranslations:
    """For sentences that code makes: `words_of(visitor).gettext(...)`."""
    return language.translations(visitor.language)


def wording_of(visitor: Visitor, now: datetime) -> Wording:
    return Wording(visitor.language, now, visitor.time_zone)


def render(request: Request, visitor: Visitor, template: str, **values: Any) -> str:
    """The HTML of a template or of a part of a page."""
    runtime = runtime_of(request)
    wording = wording_of(visitor, runtime.clock.now())
    shared = {
        "visitor": visitor,
        "say": wording,
        "now": wording.now,
        "simulated": wording.beside(words(words_of(visitor), "channel", runtime.simulated())),
        "here": request.url.path,
        "here_with_query": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }
    return environment(visitor.language).get_template(template).render(shared | values)


def page(
    request: Request,
    visitor: Visitor,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """`template` rendered for this reader."""
    # our own pages tell each other where somebody was, so that signing in again leads back there
    own = {"Referrer-Policy": "same-origin"} | (headers or {})
    return HTMLResponse(render(request, visitor, template, **values), status_code=status, headers=own)
