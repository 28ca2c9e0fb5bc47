"""The catalog: packaged templates and those of a firm's own folders, the only reader of template files.

A broken file is refused with its findings, and what was active under its name stays active.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from templates.errors import BrokenTemplate, Diagnostic, Severity
from templates.inspection import inspect
from templates.obligation import ObligationTexts, read_obligations
from templates.source import decode, split
from templates.template import Template, build

SUFFIX = ".j2"
Key = tuple[str, str, str]  # locale, channel, name


class Catalog:
    """Templates by locale, channel and name, and what was wrong with files that were refused."""

    def __init__(
        self,
        templates: dict[Key, Template],
        texts: dict[str, ObligationTexts],
        diagnostics: Sequence[Diagnostic] = (),
    ):
        self._templates = templates
        self._locales: dict[tuple[str, str], dict[str, str]] = {}
        for locale, channel, name in templates:
            self._locales.setdefault((channel, name), {})[locale.lower()] = locale
        self.texts = texts
        self.diagnostics = tuple(diagnostics)

    def find(self, name: str, channel: str, language: str) -> Template | None:
        """The template in the language, else in the language without its region or script; else None."""
        wanted = language.replace("_", "-").lower()
        locales = self._locales.get((channel, name), {})
        while wanted:
            if wanted in locales:
                return self._templates[locales[wanted], channel, name]
            wanted = wanted.rpartition("-")[0]
        return None

    def get(self, identifier: str) -> Template | None:
        """The template with the id `locale/channel/name`."""
        pieces = identifier.split("/")
        return self._templates.get((pieces[0], pieces[1], pieces[2])) if len(pieces) == 3 else None

    def __iter__(self) -> Iterator[Template]:
        return iter(sorted(self._templates.values(), key=lambda template: template.id))

    def __len__(self) -> int:
        return len(self._templates)

    def names(self) -> tuple[str, ...]:
        return tuple(sorted({name for _, _, name in self._templates}))

    def item(self, key: Key) -> Template | None:
        return self._templates.get(key)


def load(extra_dirs: Iterable[str | Path] = (), *, active: Catalog | None = None) -> Catalog:
    """Read the packaged catalog, then each folder, whose files replace those of the same name.

    Nothing is raised for a broken file: it is in `diagnostics`, and the earlier layer's template, or that of
    `active` (the catalog in use until now), stays in place.
    """
    roots: list[Traversable | Path] = [resources.files("templates") / "catalog", *map(Path, extra_dirs)]
    findings: list[Diagnostic] = []
    texts: dict[str, ObligationTexts] = {}
    for root in roots:
        for locale, file in _obligation_files(root):
            _add_texts(locale, file, texts, findings, active)
    templates: dict[Key, Template] = {}
    for root in roots:
        if isinstance(root, Path) and not root.is_dir():
            findings.append(Diagnostic(str(root), 1, "no_folder", "the templates folder is not there"))
            continue
        for key, file in _template_files(root):
            template, found = read_template(file.read_bytes(), str(file), texts.get(key[0]), key)
            findings += found
            kept = template or (active.item(key) if active else None)
            if kept is not None:
                templates[key] = kept
    return Catalog(templates, texts, findings)


def read_template(
    raw: bytes, file: str, texts: ObligationTexts | None, key: Key | None = None
) -> tuple[Template | None, list[Diagnostic]]:
    """One file as a template; None, with the reasons, where it is not fit to be used."""
    try:
        body = decode(raw, file)
        template, findings = build(split(body, file), body, texts)
    except BrokenTemplate as fault:
        return None, [fault.diagnostic()]
    if template is None:
        return None, findings
    if key is not None and key != (template.locale, template.channel, template.name):
        hint = f"the folder says {'/'.join(key)}, the front matter {template.id}"
        findings.append(
            Diagnostic(file, 2, "path_mismatch", "the file does not lie where its front matter says", hint)
        )
    if not any(f.severity is Severity.ERROR for f in findings):
        findings += inspect(template)
    is_fit = not any(f.severity is Severity.ERROR for f in findings)
    return (template if is_fit else None), findings


def _children(folder: Traversable | Path) -> list[Traversable | Path]:
    if not folder.is_dir():
        return []
    return sorted(folder.iterdir(), key=lambda entry: entry.name)


def _template_files(root: Traversable | Path) -> Iterator[tuple[Key, Traversable | Path]]:
    for locale in _children(root):
        for channel in _children(locale):
            for file in _children(channel):
                if file.name.endswith(SUFFIX):
                    yield (locale.name, channel.name, file.name.removesuffix(SUFFIX)), file


def _obligation_files(root: Traversable | Path) -> Iterator[tuple[str, Traversable | Path]]:
    for locale in _children(root):
        for file in _children(locale):
            if file.name == "obligations.yaml":
                yield locale.name, file


def _add_texts(
    locale: str,
    file: Traversable | Path,
    texts: dict[str, ObligationTexts],
    findings: list[Diagnostic],
    active: Catalog | None,
) -> None:
    try:
        read, found = read_obligations(decode(file.read_bytes(), str(file)), locale, str(file))
    except BrokenTemplate as fault:
        findings.append(fault.diagnostic())
        if active is not None and locale in active.texts:
            texts[locale] = active.texts[locale]
        return
    findings += found
    merged = dict(texts[locale].texts) if locale in texts else {}
    if active is not None and locale in active.texts:
        merged |= {one: text for one, text in active.texts[locale].texts.items() if one in read.refused}
    texts[locale] = ObligationTexts(locale, str(file), merged | read.texts)
