"""The API's documentation page and the meaning of every problem code, from our own files only."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from orchestrator import errors
from orchestrator.api.caller import PUBLIC

ASSETS = Path(__file__).parent / "assets"
# Swagger UI sets styles from its own script files; nothing inline is executed
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="stylesheet" href="/assets/page.css">{more}</head>'
)
INTERACTIVE = (
    '<body><div id="api"></div><script src="/assets/vendor/swagger-ui-bundle.js"></script>'
    '<script src="/assets/start.js"></script></body></html>'
)
PLAIN = (
    "<body><main><h1>duecourse API</h1><p>The interactive page is not installed here: its files come with"
    " <code>make run</code> on a machine with a network (package swagger-ui-dist). Everything else works.</p>"
    '<p>The machine-readable description is <a href="/openapi.json">/openapi.json</a>, the problem codes are'
    ' under <a href="/docs/problems">/docs/problems</a>.</p></main></body></html>'
)

router = APIRouter(include_in_schema=False, dependencies=[Depends(PUBLIC)])


def is_installed() -> bool:
    return (ASSETS / "vendor" / "swagger-ui-bundle.js").is_file()


@router.get("/docs")
def documentation_page() -> HTMLResponse:
    """The interactive page, or a plain one that says what is missing."""
    sheet = '<link rel="stylesheet" href="/assets/vendor/swagger-ui.css">' if is_installed() else ""
    page = HEAD.format(title="duecourse API", more=sheet) + (INTERACTIVE if is_installed() else PLAIN)
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})


def error_kinds(
    kind: type[errors.DuecourseError] = errors.DuecourseError,
) -> Iterator[type[errors.DuecourseError]]:
    """The error tree, widest first."""
    yield kind
    for child in kind.__subclasses__():
        yield from error_kinds(child)


@router.get("/docs/problems")
def problem_page() -> HTMLResponse:
    """What each problem code means; `type` of a problem document points here."""
    rows = "".join(
        f'<tr id="{escape(kind.code)}"><td><code>{escape(kind.code)}</code></td><td>{kind.status}</td>'
        f"<td>{escape((kind.__doc__ or kind.__name__).splitlines()[0])}</td></tr>"
        for kind in error_kinds()
        if kind.__module__ == errors.__name__
    )
    body = f"<body><main><h1>Problem codes</h1><table><tr><th>code</th><th>status</th><th>meaning</th></tr>{rows}"
    return HTMLResponse(HEAD.format(title="Problem codes", more="") + body + "</table></main></body></html>")
