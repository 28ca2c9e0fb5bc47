"""Static lint of one template: what can be said from its words alone, without rendering it.

Runs at every load, so a template with an error here never becomes active.
"""

from __future__ import annotations

from collections.abc import Iterator

from templates.errors import Diagnostic, Severity
from templates.segment import outside_gsm
from templates.syntax import Use
from templates.template import Template
from templates.vocabulary import (
    ART69_SECTIONS,
    CARRIED_BY,
    CARRIED_IN,
    DEBT_CONTENTS,
    EXPECTED,
    EXPOSED,
    FREE_TEXT_LIMIT,
    REVEALING,
    SUBJECT_NAMES_CREDITOR,
    VariableType,
)
from templates.wording import debt_words, literal_facts, suggested_type

_LIMITED_NAMES = {"neutral_name", "agent_name", "phone", "consumer_name", "hours"}


def inspect(template: Template) -> list[Diagnostic]:
    """Everything the static lint finds, in the order of the file."""
    found = [
        *_unused(template),
        *_unguarded(template),
        *_free_text(template),
        *_literals(template),
        *_exposed(template),
        *_limited_content(template),
        *_slots(template),
        *_carried(template),
        *_obligation_texts(template),
        *_alphabet(template),
    ]
    return sorted(found, key=lambda f: (f.line, f.code))


def _line(template: Template, path: str) -> int:
    return template.lines.near(path)


def _unused(template: Template) -> Iterator[Diagnostic]:
    used = {use.name for use in template.uses}
    for name in template.front.variables:
        if name not in used:
            line = _line(template, f"variables.{name}")
            yield Diagnostic(
                template.file, line, "unused_variable", f"{name} is declared and not used", "remove it"
            )
    for slot in template.front.obligations.slots:
        if slot not in {use.name for use in template.uses if not use.tested}:
            line = _line(template, f"obligations.slots.{slot}")
            message = f"the slot {slot} is declared and stands nowhere in the body"
            yield Diagnostic(
                template.file, line, "missing_slot", message, f"write {{{{ {slot} }}}} where it belongs"
            )


def _unguarded(template: Template) -> Iterator[Diagnostic]:
    for use in template.uses:
        variable = template.front.variables.get(use.name)
        if variable is None or not variable.optional or use.tested or use.name in use.conditions:
            continue
        if variable.type is not VariableType.ACCOUNT_LINES:
            hint = f"put it inside {{% if {use.name} %}}"
            yield Diagnostic(
                template.file, use.line, "unguarded", f"{use.name} is optional and may be empty", hint
            )


def _free_text(template: Template) -> Iterator[Diagnostic]:
    for name, variable in template.front.variables.items():
        line = _line(template, f"variables.{name}")
        if variable.type is not VariableType.TEXT:
            continue
        better = suggested_type(name)
        if better:
            message = f"{name} is free text where a slot of type {better} belongs"
            yield Diagnostic(template.file, line, "text_for_typed", message, f"declare it as {better}")
        if variable.limit > FREE_TEXT_LIMIT and template.channel != "task":
            message = f"{name} lets {variable.limit} characters of free text through to the consumer"
            yield Diagnostic(
                template.file, line, "free_text", message, f"at most {FREE_TEXT_LIMIT}, or typed slots"
            )


def _literals(template: Template) -> Iterator[Diagnostic]:
    for part, literals in template.literals.items():
        for line, text in literals:
            for offset, kind, words in literal_facts(text, is_html=part == "html"):
                message = f"{words!r} is written out where a slot of type {kind} belongs"
                yield Diagnostic(template.file, line + offset, "literal_fact", message, "declare a variable")


def _exposed(template: Template) -> Iterator[Diagnostic]:
    for part in EXPOSED.get(template.channel, ()):
        allows_creditor = part == "subject" and template.content in SUBJECT_NAMES_CREDITOR
        for line, text in template.literals.get(part, ()):
            for offset, word in debt_words(text):
                message = f"{word!r} in {part} tells others about a debt"
                yield Diagnostic(
                    template.file, line + offset, "debt_word_exposed", message, "say it elsewhere"
                )
        for use in template.uses:
            variable = template.front.variables.get(use.name)
            if use.part != part or variable is None or variable.type not in REVEALING:
                continue
            if allows_creditor and variable.type in {VariableType.CREDITOR, VariableType.ACCOUNT_LABEL}:
                continue
            message = f"{use.name} ({variable.type}) in {part} tells others about a debt"
            yield Diagnostic(template.file, use.line, "debt_fact_exposed", message, "say it elsewhere")
        yield from _exposed_slots(template, part)


def _exposed_slots(template: Template, part: str) -> Iterator[Diagnostic]:
    barred = {"mini_miranda_first", "mini_miranda", "letter_art69"}
    slots = {use.name for use in template.uses if use.part == part}
    for one, slot in template.slot_of.items():
        if slot in slots and one in barred:
            line = _line(template, f"obligations.slots.{slot}")
            message = (
                f"{one} would be read out or shown in {part}, before anybody is known to be the consumer"
            )
            yield Diagnostic(
                template.file, line, "debt_fact_exposed", message, "give it a slot in another part"
            )


def _limited_content(template: Template) -> Iterator[Diagnostic]:
    """12 CFR 1006.2(j): four required elements, four optional ones, nothing else."""
    if template.channel != "voice" or "limited_content" not in template.parts:
        return
    line = template.parts["limited_content"].line
    allowed = _LIMITED_NAMES | {slot for one, slot in template.slot_of.items() if one == "limited_content"}
    for use in template.uses:
        if use.part == "limited_content" and use.name not in allowed:
            message = f"{use.name} has no place in a limited-content message"
            hint = "allowed: " + ", ".join(sorted(_LIMITED_NAMES))
            yield Diagnostic(template.file, use.line, "not_limited_content", message, hint)
    written = {use.name for use in template.uses if use.part == "limited_content" and not use.conditions}
    missing = [name for name in CARRIED_BY["limited_content"] if name not in written]
    if missing and template.slot_of.get("limited_content") not in written:
        message = "the message for machines lacks " + ", ".join(missing)
        yield Diagnostic(template.file, line, "not_limited_content", message, "a machine is told these three")


def _slots(template: Template) -> Iterator[Diagnostic]:
    if template.content in DEBT_CONTENTS:
        for one in EXPECTED[template.channel]:
            if not template.accepts(one):
                message = f"a verdict may ask for {one}, and the template has no slot for it"
                hint = "add it to obligations.slots, or to carried if the words say it"
                line = _line(template, "obligations")
                yield Diagnostic(template.file, line, "obligation_without_slot", message, hint)
    for slot in template.front.obligations.slots:
        places = [use for use in template.uses if use.name == slot and not use.tested]
        for part in _parts_of_slot(template, places):
            here = [use for use in places if use.part == part]
            if not any(set(use.conditions) <= {slot} for use in here):
                line = here[0].line if here else _line(template, f"obligations.slots.{slot}")
                message = f"the slot {slot} can be left out of {part}"
                hint = "write it outside every other condition"
                yield Diagnostic(template.file, line, "slot_in_branch", message, hint)


def _parts_of_slot(template: Template, places: list[Use]) -> tuple[str, ...]:
    if not places:
        return ()
    if template.channel == "email":
        return tuple(part for part in ("text", "html") if part in template.parts)
    return (places[0].part,)


def _carried(template: Template) -> Iterator[Diagnostic]:
    line = _line(template, "obligations.carried")
    for one in template.front.obligations.carried:
        parts = [CARRIED_IN[one]] if CARRIED_IN.get(one) in template.parts else _reading_parts(template)
        for part in parts:
            written = {use.name for use in template.uses if use.part == part and not use.conditions}
            missing = [name for name in CARRIED_BY.get(one, ()) if name not in written]
            if missing:
                message = f"{one} is said to be carried, but {part} does not always show {', '.join(missing)}"
                yield Diagnostic(
                    template.file, line, "not_carried", message, "write it outside every condition"
                )
        if one == "letter_art69":
            absent = [section for section in ART69_SECTIONS if section not in template.parts]
            if absent:
                message = "letter_art69 needs the sections " + ", ".join(absent)
                yield Diagnostic(template.file, line, "not_carried", message, "add them")


def _reading_parts(template: Template) -> list[str]:
    if template.channel == "email":
        return [part for part in ("text", "html") if part in template.parts]
    if template.channel == "voice":
        return ["message"]
    if template.channel == "letter":
        return []  # a letter is read whole: any section may say it, which the rendering proves
    return ["text"]


def _obligation_texts(template: Template) -> Iterator[Diagnostic]:
    known = template.texts.texts if template.texts else {}
    for one, slot in template.slot_of.items():
        if one not in known:
            line = _line(template, f"obligations.slots.{slot}")
            message = f"there is no text for {one} in {template.locale}"
            yield Diagnostic(
                template.file, line, "obligation_without_text", message, "add it to obligations.yaml"
            )


def _alphabet(template: Template) -> Iterator[Diagnostic]:
    """One sign outside GSM 7-bit halves what an SMS holds: worth a word, except where the script needs it."""
    if template.channel != "sms" or template.locale.split("-")[0] not in {"en", "es"}:
        return
    for line, text in template.literals.get("text", ()):
        for sign in outside_gsm(text):
            offset = text[: text.index(sign)].count("\n")
            message = f"{sign!r} (U+{ord(sign):04X}) makes every segment 70 characters long instead of 160"
            yield Diagnostic(
                template.file,
                line + offset,
                "ucs2_forced",
                message,
                "use a sign of the SMS alphabet",
                Severity.WARNING,
            )
