"""Poisoned templates are contained: in the child by its limits, in the live path by syntax and the output cap."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from templates.contain import MEMORY_BYTES, Job, run_contained
from templates.errors import Severity, TemplateError
from templates.library import load
from templates.lint import lint, lint_catalog, lint_path
from templates.render import render
from templates.sample import sample
from tests.unit.templates.forms import CATALOG, SMS, fit, read

# What a sandbox alone lets through, or tries to: each would take gigabytes, minutes, or reach Python
POISON = {
    "two gigabytes by multiplying": ("{{ 'a' * 1900000000 }}", {"memory"}),
    "two gigabytes by padding": ("{{ '{:>1900000000}'.format('a') }}", {"memory"}),
    "two gigabytes by a list": ("{% set x = [0] * 900000000 %}{{ x|join }}", {"memory", "fault"}),
    "a power tower": ("{{ 9 ** 9 ** 9 }}", {"cpu", "memory", "fault", "output"}),
    "a nested loop": (
        "{% set x = 'a' * 4000 %}{% for a in x %}{% for b in x %}{% for c in x %}{% endfor %}{% endfor %}{% endfor %}",
        {"cpu"},
    ),
    "more than 64 KiB": ("{% for a in 'a' * 99999 %}{{ a }}{% endfor %}", {"output"}),
    "attributes of the class": ("{{ ''.__class__.__mro__[1].__subclasses__() }}", {"fault"}),
    "globals by a function": ("{{ namespace.__init__.__globals__ }}", {"fault"}),
    "a format string": ("{{ '{0.__class__}'.format(1) }}", {"fault"}),
    "a format map": ("{{ '{a.__class__}'.format_map({'a': 1}) }}", {"fault"}),
    "recursion": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", {"fault"}),
}


@pytest.mark.parametrize("name", list(POISON))
def test_the_child_is_contained_even_without_the_syntax_list(name: str) -> None:
    source, reasons = POISON[name]
    outcome = run_contained([Job(source, False, {})])
    if outcome.is_contained:
        assert sum(map(len, outcome.outputs)) <= 64 * 1024
        assert "class" not in outcome.outputs[0]
    else:
        assert outcome.reason in reasons


@pytest.mark.parametrize("name", list(POISON))
def test_none_of_them_becomes_active(name: str) -> None:
    template, findings = read(SMS.replace("hello", POISON[name][0]))
    assert template is None
    assert {f.code for f in findings if f.severity is Severity.ERROR} & {
        "syntax_not_allowed",
        "undeclared_variable",
    }


class Consumer:
    """Stands for a row of the database, with a method that must not be reached."""

    deleted = False

    def delete(self) -> str:
        type(self).deleted = True
        return "gone"

    def __str__(self) -> str:
        return self.delete()

    __html__ = __str__


@pytest.mark.parametrize(
    "value", [Consumer(), [Consumer()], {"a": Consumer()}, (Consumer(), "USD"), Consumer]
)
def test_an_object_given_as_a_value_is_refused_untouched(value: Any) -> None:
    with pytest.raises(TemplateError):
        render(fit(SMS), {"sender_name": "Northfield", "consumer_name": value})
    assert not Consumer.deleted


def test_a_bad_contact_does_not_disturb_the_next() -> None:
    template = fit(SMS)
    good = {"sender_name": "Northfield", "consumer_name": "Ana"}
    before = render(template, good)
    for bad in ("x" * 10**6, "\u202e", "{{ 7*7 }}", None, 7):
        with pytest.raises(TemplateError):
            render(template, {**good, "consumer_name": bad})
    assert render(template, good) == before


def test_the_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUECOURSE_SECRET_KEY", "canary")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert os.environ["DUECOURSE_SECRET_KEY"] == "canary"
    outcome = run_contained([Job("{{ a }}", False, {"a": "fine"})])
    assert outcome.outputs == ("fine",)


def test_memory_is_limited_to_what_is_said() -> None:
    assert MEMORY_BYTES == 256 * 1024 * 1024
    # not more: where memory comes slowly, touching it for the first time is paid for in CPU time
    fits = run_contained([Job("{% set x = 'a' * 10000000 %}ok", False, {})])
    assert fits.outputs == ("ok",)
    too_much = run_contained([Job("{% set x = 'a' * 300000000 %}ok", False, {})])
    assert too_much.reason == "memory"


def test_lint_finds_what_only_the_longest_values_show() -> None:
    text = SMS.replace(
        "consumer_name: name", "consumer_name: {type: name, max: 1000}\n  lines: account_lines"
    )
    text = text.replace(
        "{{ notices }}", "{% for line in lines %}" + "{{ consumer_name }}" * 60 + "{% endfor %}{{ notices }}"
    )
    template = fit(text)
    assert sample(template).text
    assert "template_output" in {finding.code for finding in lint(template)}


def test_lint_says_how_long_an_sms_can_get() -> None:
    short = fit(SMS.replace("content: collection", "content: collection\nmax_segments: 1"))
    assert [f.code for f in lint(short)] == ["sms_too_long"]
    long = fit(SMS.replace("consumer_name: name", "consumer_name: {type: name, max: 900}"))
    assert [(f.code, f.severity) for f in lint(long)] == [("sms_long", Severity.WARNING)]


def test_the_packaged_catalog_is_clean_with_its_longest_values() -> None:
    assert [finding.text() for finding in lint_catalog(CATALOG)] == []


def test_a_template_in_one_language_only_is_said(tmp_path: Path) -> None:
    place = tmp_path / "en" / "sms" / "probe.j2"
    place.parent.mkdir(parents=True)
    place.write_text(SMS, encoding="utf-8")
    found = [f for f in lint_catalog(load([tmp_path])) if f.code == "missing_locale"]
    assert [f.message for f in found] == ["sms/probe is missing in es", "sms/probe is missing in zh"]
    assert lint_path(place, CATALOG) == []
    assert lint_path(tmp_path, CATALOG) == []
    place.write_text(SMS.replace("locale: en", "locale: es"), encoding="utf-8")
    assert [f.code for f in lint_path(place, CATALOG)] == []
    assert [f.code for f in lint_path(tmp_path, CATALOG)] == ["path_mismatch"]
