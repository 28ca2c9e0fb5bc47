"""Small template files for the tests, written out so that a line number can be counted by hand."""

from __future__ import annotations

from templates.errors import Diagnostic, Severity
from templates.library import Catalog, load, read_template
from templates.template import Template

CATALOG: Catalog = load()

SMS = """\
---
name: probe
channel: sms
locale: en
content: collection
variables:
  sender_name: organization
  consumer_name: name
obligations:
  carried: [sender_identity]
  slots:
    notices: [mini_miranda_first, mini_miranda, opt_out_notice, agency_relation, official_phone, complaint_phone]
---
{{ sender_name }}: hello {{ consumer_name }}.
{{ notices }}
"""


def read(text: str, locale: str = "en") -> tuple[Template | None, list[Diagnostic]]:
    """A file that is not in any folder, with the packaged obligations of a locale."""
    return read_template(text.encode(), "probe.j2", CATALOG.texts.get(locale))


def fit(text: str, locale: str = "en") -> Template:
    template, findings = read(text, locale)
    assert template is not None, [finding.text() for finding in findings]
    return template


def errors(text: str, locale: str = "en") -> set[tuple[str, int]]:
    """(code, line) of every error found in a file."""
    return {(f.code, f.line) for f in read(text, locale)[1] if f.severity is Severity.ERROR}


def packaged(name: str, channel: str, language: str) -> Template:
    template = CATALOG.find(name, channel, language)
    assert template is not None
    return template
