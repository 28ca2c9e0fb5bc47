"""Every finding of the static lint, with its line."""

from __future__ import annotations

import pytest

from templates.errors import Severity
from tests.unit.templates.forms import CATALOG, SMS, errors, read

VOICE = CATALOG.get("en/voice/reminder")
EMAIL = CATALOG.get("en/email/reminder")
LETTER = CATALOG.get("en/letter/reminder")
assert VOICE is not None
assert EMAIL is not None
assert LETTER is not None


def changed(text: str, old: str, new: str) -> tuple[str, int]:
    """The text with one place changed, and the line of that place."""
    assert old in text
    return text.replace(old, new, 1), text[: text.index(old)].count("\n") + 1


def test_a_clean_file_is_clean() -> None:
    assert errors(SMS) == set()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("name: probe", "name: probe\nsubject: x", "unknown_key", 3),
        ("channel: sms", "channel: pigeon", "unknown_channel", 3),
        ("locale: en", "locale: english", "bad_locale", 4),
        ("content: collection", "content: threat", "unknown_content", 5),
        ("content: collection\n", "", "bad_front_matter", 2),
        ("name: probe", "name: 9lives", "bad_name", 2),
        ("sender_name: organization", "sender_name: firm", "bad_front_matter", 7),
        ("sender_name: organization", "sender_name: {type: organization, color: red}", "unknown_key", 7),
        ("consumer_name: name", "consumer_name: {type: name, max: 5000}", "bad_limit", 8),
        ("consumer_name: name", "consumer_name: name\n  consumer_name: name", "duplicate_key", 9),
        ("carried: [sender_identity]", "carried: [mini_miranda]", "unknown_obligation", 10),
        ("[mini_miranda_first,", "[mini_mirinda,", "unknown_obligation", 12),
        ("[mini_miranda_first,", "[mini_miranda_first, mini_miranda_first,", "obligation_twice", 12),
        ("consumer_name: name", "consumer_name: name\n  self: name", "bad_name", 9),
        ("consumer_name: name", "consumer_name: name\n  due_on: date", "unused_variable", 9),
        ("hello", "hello {{ amount }}", "undeclared_variable", 14),
        ("{{ notices }}", "", "missing_slot", 12),
        ("{{ notices }}", "{% if consumer_name %}{{ notices }}{% endif %}", "slot_in_branch", 15),
        ("consumer_name: name", "consumer_name: {type: name, optional: true}", "unguarded", 14),
        (", opt_out_notice", "", "obligation_without_slot", 9),
        ("{{ sender_name }}:", "{% if consumer_name %}{{ sender_name }}{% endif %}:", "not_carried", 10),
        ("hello", "you owe $12.50,", "literal_fact", 14),
        ("hello", "since 2026-03-05", "literal_fact", 14),
        ("hello", "call 1-800-555-0100", "literal_fact", 14),
        ("hello", "see https://pay.example.com", "literal_fact", 14),
        ("hello", "12月5日", "literal_fact", 14),
        ("consumer_name: name", "consumer_name: name\n  amount_due: text", "text_for_typed", 9),
        ("consumer_name: name", "consumer_name: name\n  remark: {type: text, max: 500}", "free_text", 9),
    ],
)
def test_what_the_lint_finds_in_an_sms(old: str, new: str, code: str, line: int) -> None:
    text, _ = changed(SMS, old, new)
    if "due: text" in new or "remark" in new:
        text = text.replace("hello", "hello {{ amount_due }}" if "due" in new else "hello {{ remark }}")
    assert (code, line) in errors(text)


@pytest.mark.parametrize(
    "code",
    [
        "{{ consumer_name.upper() }}",
        "{{ consumer_name.__class__ }}",
        "{{ consumer_name['x'] }}",
        "{{ 'a' * 10**9 }}",
        "{{ 10**10 }}",
        "{{ consumer_name ~ sender_name }}",
        "{{ consumer_name|format }}",
        "{{ consumer_name|center(99999999) }}",
        "{{ consumer_name|upper(1) }}",
        "{{ consumer_name|join('xxxxxxxxxxxx') }}",
        "{{ range(10) }}",
        "{{ [1,2] }}",
        "{{ 'x' if consumer_name else 'y' }}",
        "{% for i in range(9) %}{% endfor %}",
        "{% for i in consumer_name %}{{ i }}{% endfor %}",
        "{% set x = consumer_name %}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'other' %}",
        "{% import 'other' as o %}",
        "{% extends 'other' %}",
        "{% block b %}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% call consumer_name() %}{% endcall %}",
        "{% if consumer_name is defined %}{% endif %}",
        "{% if consumer_name in sender_name %}{% endif %}",
        "{% if consumer_name == sender_name %}{% endif %}",
        "{% if consumer_name() %}{% endif %}",
        "{{ (consumer_name) and sender_name }}",
    ],
)
def test_code_that_is_not_allowed(code: str) -> None:
    found = errors(SMS.replace("hello", f"\nhello {code}"))
    assert ("syntax_not_allowed", 15) in found, found


@pytest.mark.parametrize("name", ["self", "loop", "caller", "range", "dict", "lipsum", "cycler", "namespace"])
def test_jinja_s_own_names_are_unknown(name: str) -> None:
    found = errors(SMS.replace("hello", "{{ " + name + " }}"))
    assert ("undeclared_variable", 14) in found


@pytest.mark.parametrize(
    "code", ["{{ consumer_name", "{% if consumer_name %}", "{% endif %}", "{{ }}", "{% do x %}"]
)
def test_broken_code_is_refused_with_its_line(code: str) -> None:
    assert {found for found, _ in errors(SMS.replace("hello", code))} >= {"bad_syntax"}


def test_deep_nesting_is_refused_and_not_raised() -> None:
    deep = "{% if consumer_name %}" * 300 + "x" + "{% endif %}" * 300
    assert errors(SMS.replace("hello", deep))
    many = "{{ " + "(" * 3000 + "consumer_name" + ")" * 3000 + " }}"
    errors(SMS.replace("hello", many))
    long = "{% if " + "not " * 5000 + "consumer_name %}x{% endif %}"
    assert errors(SMS.replace("hello", long))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no front matter", "front_matter_missing"),
        ("---\n- a\n---\nx", "front_matter_missing"),
        ("---\nname: [\n---\nx", "bad_yaml"),
        ("---\nname: a\nname: b\n---\nx", "duplicate_key"),
        (SMS + "=== text ===\nagain\n", "part_twice"),
        (SMS + "=== html ===\nagain\n", "unknown_part"),
        (SMS.split("{{ sender_name }}")[0], "missing_part"),
        ("---\nname: &a [*a]\n---\nx", "bad_yaml"),
        (SMS + "x" * 70_000, "file_too_large"),
    ],
)
def test_files_that_cannot_be_read(text: str, code: str) -> None:
    template, findings = read(text)
    assert template is None
    assert code in {finding.code for finding in findings}


def test_debt_facts_in_a_subject() -> None:
    assert EMAIL is not None
    old = "A message for you from {{ neutral_name }}"
    for new, code in [
        ("You owe {{ neutral_name }}", "debt_word_exposed"),
        ("{{ neutral_name }}: sus pagos vencidos", "debt_word_exposed"),
        ("{{ neutral_name }}还款提醒", "debt_word_exposed"),
        ("{{ neutral_name }} {{ amount }}", "debt_fact_exposed"),
        ("{{ neutral_name }} {{ due_on }}", "debt_fact_exposed"),
        ("{{ neutral_name }} {{ creditor_name }}", "debt_fact_exposed"),
        ("{{ neutral_name }} {{ account_label }}", "debt_fact_exposed"),
        ("{{ neutral_name }} {{ notices }}", "debt_fact_exposed"),
    ]:
        text, line = changed(EMAIL.body, old, new)
        assert {(found, at) for found, at in errors(text) if found == code}, new
        if code == "debt_word_exposed" or "notices" not in new:
            assert (code, line) in errors(text)


def test_a_required_disclosure_names_the_creditor_in_its_subject_and_never_the_amount() -> None:
    assert EMAIL is not None
    text = EMAIL.body.replace("content: collection", "content: validation_notice")
    with_creditor, _ = changed(
        text,
        "A message for you from {{ neutral_name }}",
        "{{ creditor_name }}{% if account_label %} {{ account_label }}{% endif %} {{ neutral_name }}",
    )
    assert errors(with_creditor) == set()
    with_amount, line = changed(
        text, "A message for you from {{ neutral_name }}", "{{ amount }} {{ neutral_name }}"
    )
    assert ("debt_fact_exposed", line) in errors(with_amount)


def test_debt_facts_on_an_envelope() -> None:
    assert LETTER is not None
    for new in (
        "{{ neutral_name }} Debt Recovery",
        "{{ neutral_name }} {{ amount }}",
        "{{ neutral_name }}催收部",
    ):
        text, line = changed(LETTER.body, "=== envelope ===\n{{ neutral_name }}", f"=== envelope ===\n{new}")
        assert {code for code, at in errors(text) if at == line + 1} & {
            "debt_word_exposed",
            "debt_fact_exposed",
        }


def test_a_voicemail_says_only_what_it_may() -> None:
    assert VOICE is not None
    old = "This is {{ agent_name }} calling from {{ neutral_name }}. Please call me back at {{ phone }}."
    for new, code in [
        (
            "This is {{ agent_name }} from {{ neutral_name }}, {{ phone }}, about {{ amount }}.",
            "debt_fact_exposed",
        ),
        (
            "This is {{ agent_name }} from {{ sender_name }} {{ neutral_name }}, {{ phone }}.",
            "not_limited_content",
        ),
        ("This is {{ agent_name }} from {{ neutral_name }}, {{ phone }}, about a debt.", "debt_word_exposed"),
        ("This is {{ agent_name }} from {{ neutral_name }}.", "not_limited_content"),
        ("Call {{ neutral_name }} at {{ phone }}.", "not_limited_content"),
    ]:
        text, line = changed(VOICE.body, old, new)
        assert (code, line) in errors(text), new


def test_nothing_about_the_debt_before_the_person_is_known() -> None:
    assert VOICE is not None
    text, line = changed(VOICE.body, "Am I speaking with", "About {{ due_on }}: am I speaking with")
    assert ("debt_fact_exposed", line) in errors(text)
    moved = VOICE.body.replace("opening: [bot_identity,", "opening: [mini_miranda, bot_identity,").replace(
        "notices: [mini_miranda_first, mini_miranda]", "notices: [mini_miranda_first]"
    )
    assert "debt_fact_exposed" in {code for code, _ in errors(moved)}


def test_the_sections_of_article_69_are_asked_for() -> None:
    assert LETTER is not None
    text = LETTER.body.replace("carried: [sender_identity,", "carried: [letter_art69, sender_identity,")
    text = text.replace("rights_text: [letter_art69]", "rights_text: [recording_notice]")
    assert "not_carried" in {code for code, _ in errors(text)}


def test_a_sign_outside_the_sms_alphabet_is_a_warning_with_its_line() -> None:
    _, findings = read(SMS.replace("hello", "\nhello — there"))
    warnings = [(f.code, f.line) for f in findings if f.severity is Severity.WARNING]
    assert warnings == [("ucs2_forced", 15)]


def test_every_finding_says_where_and_what_to_do() -> None:
    for old, new in [
        ("channel: sms", "channel: pigeon"),
        ("hello", "{{ nobody }}"),
        ("hello", "{% set a=1 %}"),
    ]:
        _, findings = read(SMS.replace(old, new))
        for finding in findings:
            assert finding.file == "probe.j2"
            assert finding.line >= 1
            assert finding.text().startswith(f"probe.j2:{finding.line}: ")
        assert any(finding.hint for finding in findings)
