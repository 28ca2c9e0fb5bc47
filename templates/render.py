"""Render one message: typed values in, obligations filled and proven to be there, bounded output.

Pure and quick: no I/O, compiled parts are kept. A fault is a `TemplateError` and blocks this one contact.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from markupsafe import escape

from templates.errors import InvalidVariable, MissingObligation, MissingVariable
from templates.form import MAX_FORMS, Form, form_of, opened, opened_texts, shape_of
from templates.obligation import KEPT, MAX_FILLED
from templates.sandbox import MAX_OUTPUT_BYTES, compiled, produce
from templates.segment import measure
from templates.template import Template
from templates.value import Variable, clean_line, to_slot
from templates.vocabulary import CARRIED_BY, SINGLE_LINE_PARTS, VariableType

_GAPS = re.compile(r"\n{3,}")


class Rendered(msgspec.Struct, frozen=True):
    """A message as its recipient gets it.

    text: SMS body; plain part of an e-mail; what a call tells the right person; a letter in plain words;
    the script of a task.
    parts: every part of the template by name (voice: `limited_content` for machines, `right_party` question,
    `message`, `wrong_person`; letter: its sections, `amounts` as lines of `label | amount`).
    obligations: what was asked for, with the words that fulfil it; none where the template's own do.
    """

    template: str
    version: str
    locale: str
    channel: str
    content: str
    subject: str
    text: str
    html: str
    parts: dict[str, str]
    obligations: dict[str, str]
    max_segments: int

    @property
    def voicemail_text(self) -> str:
        """What a call says to a machine; empty where the template has nothing for it."""
        return self.parts.get("limited_content", "")

    @property
    def digest(self) -> str:
        """SHA-256 over the template's version and everything rendered."""
        return hashlib.sha256(msgspec.json.encode([self.version, sorted(self.parts.items())])).hexdigest()

    @property
    def encoding(self) -> str:
        """Of an SMS: `gsm7` or `ucs2`."""
        return measure(self.text).encoding if self.channel == "sms" else ""

    @property
    def segments(self) -> int:
        """Of an SMS, else 0."""
        return measure(self.text).segments if self.channel == "sms" else 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """An SMS that takes more segments than its template allows is sent all the same."""
        if self.segments > self.max_segments:
            return (f"the SMS takes {self.segments} segments, the template allows {self.max_segments}",)
        return ()


def render(
    template: Template, variables: Mapping[str, Any], obligations: Mapping[str, str] | Iterable[str] = ()
) -> Rendered:
    """Render `template` with `variables`, which may hold more than the template declares.

    `obligations` are the ids that the verdict asks for. Their texts come from the template's own locale,
    filled from the same variables, so that a disclosure stands in the language of its message; a mapping's
    text is used only where the locale has none. Raises a TemplateError: MissingVariable, ...
    """
    values = _values(template, variables)
    texts = _texts(template, variables, obligations)
    told = [one for one, text in texts.items() if text and template.tells_of_reader(one)]
    shape = shape_of(values, texts, told) if template.can_be_left_open else None
    if shape is None:
        return _rendered(template, _parts(template, values, texts), texts)
    form: Form | None = template.forms.get(shape.fixed)
    if form is None:
        form = form_of(_parts(template, opened(values), opened_texts(texts, told)))
        if len(template.forms) < MAX_FORMS:
            template.forms[shape.fixed] = form
    parts = form.fill(shape.own)
    if told:
        parts = {name: _tidy(name, made) for name, made in parts.items()}
    if sum(map(len, parts.values())) * 4 > MAX_OUTPUT_BYTES:
        parts = _parts(template, values, texts)  # counts bytes
    return _rendered(template, parts, texts)


def _parts(template: Template, values: dict[str, Any], texts: Mapping[str, str]) -> dict[str, str]:
    """Every part as the template writes it, with all obligations proven to be there."""
    slots = values | _filled_slots(template, texts)
    parts: dict[str, str] = {}
    left = MAX_OUTPUT_BYTES
    for name, part in template.parts.items():
        compiled_part = compiled(part.source, html=name == "html")
        made = _tidy(name, produce(compiled_part, slots, limit=left, file=template.file))
        left -= len(made) if made.isascii() else len(made.encode("utf-8"))
        parts[name] = made
    _prove(template, texts, parts, slots)
    return parts


def fill_slots(
    template: Template, variables: Mapping[str, Any], obligations: Mapping[str, str] | Iterable[str] = ()
) -> dict[str, Any]:
    """The flat values that the parts of a template see: checked variables and filled obligation slots."""
    values = _values(template, variables)
    return values | _filled_slots(template, _texts(template, variables, obligations))


def _values(template: Template, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _slot_value(template, name, variable, variables.get(name))
        for name, variable in template.front.variables.items()
    }


def _tidy(name: str, made: str) -> str:
    """No edges, no gaps of more than one empty line, one line where only one may be."""
    made = made.strip()
    if "\n" not in made:
        return made
    if name in SINGLE_LINE_PARTS:
        return " ".join(made.split())
    return _GAPS.sub("\n\n", made) if "\n\n\n" in made else made


def _slot_value(template: Template, name: str, variable: Variable, value: Any) -> Any:
    if value is None or value == "":
        if not variable.optional:
            raise MissingVariable(
                f"{name} was not given", file=template.file, hint="fill it or make it optional"
            )
        if variable.type is VariableType.ACCOUNT_LINES:
            return ()
        return False if variable.type is VariableType.FLAG else ""
    if name not in KEPT or type(value) is not str:
        return to_slot(name, value, variable, template.locale, file=template.file)
    kept, key = template.kept_slots, (name, value)
    slot = kept.get(key)
    if slot is None:
        slot = to_slot(name, value, variable, template.locale, file=template.file)
        if len(kept) < MAX_FILLED:
            kept[key] = slot
    return slot


def _texts(
    template: Template, variables: Mapping[str, Any], obligations: Mapping[str, str] | Iterable[str]
) -> dict[str, str]:
    given = obligations if isinstance(obligations, Mapping) else dict.fromkeys(obligations, "")
    result = {}
    for one, text in given.items():
        if not template.accepts(one):
            raise MissingObligation(
                f"{template.id} has no place for {one}",
                file=template.file,
                hint="give it a slot in the front matter",
            )
        if one not in template.slot_of:
            result[one] = ""  # carried by the template's own words
        elif template.texts is not None and one in template.texts.texts:
            result[one] = template.texts.fill(one, template.channel, variables)
        elif text:
            result[one] = _given(one, text, template.file)
        else:
            message = f"there is no text for {one} in {template.locale}"
            raise MissingObligation(message, file=template.file, hint="add it to obligations.yaml")
    return result


def _given(obligation: str, text: str, file: str) -> str:
    try:
        return clean_line(text)
    except ValueError as fault:
        raise MissingObligation(f"the text of {obligation} does not fit: {fault}", file=file) from None


def _filled_slots(template: Template, texts: Mapping[str, str]) -> dict[str, str]:
    separator = "\n" if template.channel == "letter" else " "
    if template.locale.startswith("zh") and separator == " ":
        separator = ""  # Chinese sentences follow each other without a space
    return {
        slot: separator.join(texts[one] for one in ids if texts.get(one))
        for slot, ids in template.front.obligations.slots.items()
    }


def _prove(
    template: Template, texts: Mapping[str, str], parts: Mapping[str, str], slots: Mapping[str, Any]
) -> None:
    """Look for every obligation in the output: a slot in a branch not taken must not lose a disclosure."""
    for one, text in texts.items():
        needed = [text] if text else [str(slots[name]) for name in CARRIED_BY[one]]
        for words in needed:
            if not words or not _stands_in(words, template.channel, parts):
                raise MissingObligation(
                    f"{one} did not reach the message",
                    file=template.file,
                    hint="its slot stands in a branch not taken",
                )


def _stands_in(words: str, channel: str, parts: Mapping[str, str]) -> bool:
    if channel == "email":
        return words in parts["text"] and ("html" not in parts or str(escape(words)) in parts["html"])
    return any(words in made for made in parts.values())


def _rendered(template: Template, parts: dict[str, str], obligations: dict[str, str]) -> Rendered:
    text = _text(template.channel, parts)
    if not text:
        raise InvalidVariable("the message is empty", file=template.file)
    return Rendered(
        template=template.id,
        version=template.version,
        locale=template.locale,
        channel=template.channel,
        content=template.content,
        subject=parts.get("subject", ""),
        text=text,
        html=parts.get("html", ""),
        parts=parts,
        obligations=obligations,
        max_segments=template.front.max_segments,
    )


def _text(channel: str, parts: Mapping[str, str]) -> str:
    if channel == "voice":
        return parts["message"]
    if channel == "letter":
        return "\n\n".join(made for name, made in parts.items() if name != "envelope" and made)
    return parts["text"]
