"""Everything that can be found wrong with a template before it is used.

The static lint of every load, then the longest values in a contained child process, then the whole catalog.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from templates.contain import Job, run_contained
from templates.errors import Diagnostic, Severity, TemplateError
from templates.inspection import inspect
from templates.library import Catalog, load, read_template
from templates.render import fill_slots
from templates.sample import sample, typical_obligations, worst_values
from templates.segment import measure
from templates.template import Template
from templates.vocabulary import LOCALES

_LOCALE_LINE = re.compile(rb"^locale:\s*[\"']?([A-Za-z-]+)", re.MULTILINE)
_ADVICE = {
    "cpu": ("template_cpu", "it used more than one second of CPU", "remove loops"),
    "memory": ("template_memory", "it used more than 256 MiB of memory", "remove what multiplies text"),
    "output": ("template_output", "it wrote more than 64 KiB", "lower `max` or `items` of its variables"),
    "fault": ("template_fault", "it failed", "render it with sample values to see why"),
    "time": ("template_time", "it did not come back", "remove loops"),
}


def lint(template: Template) -> list[Diagnostic]:
    """All findings about one template, in the order of the file; starts one child process."""
    return sorted(
        [*inspect(template), *_tried(template), *_contained(template)], key=lambda f: (f.line, f.code)
    )


def lint_catalog(catalog: Catalog) -> list[Diagnostic]:
    """All findings about a catalog: refused files, each template, and locales that lack a template."""
    found = list(catalog.diagnostics)
    known = set(found)
    for template in catalog:
        found += [finding for finding in lint(template) if finding not in known]
    return [*found, *_missing_locales(catalog)]


def lint_path(path: Path, catalog: Catalog) -> list[Diagnostic]:
    """All findings about a file, or about every file of a firm's folder, with the obligations of `catalog`.

    A file may lie anywhere; in a folder each must lie where its front matter says. Raises OSError.
    """
    if path.is_dir():
        own = load([path])
        inside = [template for template in own if Path(template.file).is_relative_to(path)]
        return [*own.diagnostics, *(finding for template in inside for finding in lint(template))]
    raw = path.read_bytes()
    template, findings = read_template(raw, str(path), catalog.texts.get(_locale_of(raw)))
    return lint(template) if template is not None else findings


def _locale_of(raw: bytes) -> str:
    found = _LOCALE_LINE.search(raw)
    return found.group(1).decode() if found else ""


def _missing_locales(catalog: Catalog) -> Iterator[Diagnostic]:
    by_name: dict[tuple[str, str], dict[str, Template]] = {}
    for template in catalog:
        by_name.setdefault((template.channel, template.name), {})[template.locale] = template
    for (channel, name), there in sorted(by_name.items()):
        for locale in LOCALES:
            if not any(one == locale or one.startswith(locale + "-") for one in there):
                first = min(there.values(), key=lambda template: template.locale)
                message = f"{channel}/{name} is missing in {locale}"
                hint = f"add {locale}/{channel}/{name}.j2; until then the creditor's default language is used"
                yield Diagnostic(first.file, 1, "missing_locale", message, hint, Severity.WARNING)


def _tried(template: Template) -> Iterator[Diagnostic]:
    """Ordinary values, without obligations and with all of them."""
    for obligations in ((), typical_obligations(template)):
        try:
            sample(template, obligations)
        except TemplateError as fault:
            yield Diagnostic(template.file, max(fault.line, 1), fault.code, fault.message, fault.hint or "")
            return


def _contained(template: Template) -> Iterator[Diagnostic]:
    jobs: list[Job] = []
    for flags in (True, False):
        try:
            slots = fill_slots(template, worst_values(template, flags=flags), typical_obligations(template))
        except TemplateError as fault:
            yield Diagnostic(template.file, max(fault.line, 1), fault.code, fault.message, fault.hint or "")
            return
        jobs += [Job(part.source, name == "html", _plain(slots)) for name, part in template.parts.items()]
    outcome = run_contained(jobs)
    if not outcome.is_contained:
        code, what, hint = _ADVICE[outcome.reason]
        message = f"with the longest values {what}" + (f": {outcome.detail}" if outcome.detail else "")
        yield Diagnostic(template.file, 1, code, message, hint)
    elif template.channel == "sms":
        yield from _size(template, outcome.outputs)


def _plain(slots: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in slots.items()}


def _size(template: Template, outputs: tuple[str, ...]) -> Iterator[Diagnostic]:
    """What an ordinary SMS takes must fit its own limit; the longest one gets a warning."""
    line = template.lines.near("max_segments")
    limit = template.front.max_segments
    ordinary = sample(template, typical_obligations(template))
    if ordinary.segments > limit:
        message = f"with ordinary values it takes {ordinary.segments} segments, {limit} are allowed"
        yield Diagnostic(template.file, line, "sms_too_long", message, "shorten it or raise max_segments")
        return
    longest = max((measure(text.strip()) for text in outputs), key=lambda size: size.segments)
    if longest.segments > limit:
        message = f"with the longest values it takes {longest.segments} segments of {longest.encoding}"
        hint = f"{limit} are allowed: shorten it, or lower `max` of its variables"
        yield Diagnostic(template.file, line, "sms_long", message, hint, Severity.WARNING)
