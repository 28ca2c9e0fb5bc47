"""Whatever stands in a value or a file: an answer or a typed refusal, never more text than allowed, never code."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import SandboxedEnvironment

from templates.errors import Severity, TemplateError
from templates.formatting import Money, format_money
from templates.render import render
from templates.sample import sample_values, typical_obligations
from templates.segment import measure
from templates.standard import STANDARD
from templates.template import Template
from tests.unit.templates.forms import CATALOG, SMS, fit, packaged, read

PROBE = fit(SMS)
EMAIL = packaged("reminder", "email", "en")
LIMIT = 64 * 1024


@given(st.text(max_size=200))
def test_a_name_is_shown_clean_or_refused(name: str) -> None:
    try:
        made = render(PROBE, {"sender_name": "Northfield", "consumer_name": name})
    except TemplateError:
        return
    shown = made.text.removeprefix("Northfield: hello ").removesuffix(".")
    assert "\n" not in shown
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cs", "Co", "Zl", "Zp"}
    for override in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068":
        assert override not in shown
    assert shown.split() == unicodedata.normalize("NFC", shown).split()


class Tags(HTMLParser):
    """Tags and attributes of a page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(sorted(name for name, _ in attrs))))


def tags(page: str) -> list[tuple[str, tuple[str, ...]]]:
    reader = Tags()
    reader.feed(page)
    return reader.found


NASTY = st.text(alphabet=st.sampled_from("<>&\"'`=/\\ ;:()ab!-[]\u00e9\u738b"), min_size=1, max_size=60)


@given(NASTY, NASTY, NASTY)
def test_no_value_makes_a_tag_or_an_attribute(name: str, creditor: str, label: str) -> None:
    values = sample_values(EMAIL)
    expected = tags(render(EMAIL, values, typical_obligations(EMAIL)).html)
    values |= {"consumer_name": name, "creditor_name": creditor, "account_label": label}
    try:
        made = render(EMAIL, values, typical_obligations(EMAIL))
    except TemplateError:
        return
    assert tags(made.html) == expected


FORMS = list(CATALOG)
ANEW = [replace(form, body="{{ anew | trim }}") for form in FORMS]
WORDS = st.text(alphabet=st.sampled_from("<>&\"'%s{}\\ é王\ue000\n"), max_size=12)


@given(
    st.integers(0, len(FORMS) - 1),
    st.dictionaries(st.sampled_from(sorted(STANDARD)), WORDS, max_size=6),
    st.data(),
)
def test_a_shape_filled_in_is_the_template_rendered_anew(
    place: int, words: dict[str, str], data: st.DataObject
) -> None:
    form, anew = FORMS[place], ANEW[place]
    assert form.can_be_left_open
    assert not anew.can_be_left_open
    values = sample_values(form) | words | {"several": data.draw(st.booleans())}
    lines = data.draw(st.lists(WORDS, max_size=3))
    values["account_lines"] = tuple((label, Money(25_000, "USD")) for label in lines)
    obligations = data.draw(st.lists(st.sampled_from(typical_obligations(form)), unique=True))
    for near in ({"account_lines": values["account_lines"] * 2}, dict.fromkeys(words, "")):
        outcome(form, values | near, obligations)  # a neighbour of another shape must leave nothing behind
    assert outcome(form, values, obligations) == outcome(anew, values, obligations)


def outcome(form: Template, values: dict[str, Any], obligations: Sequence[str]) -> Any:
    try:
        return render(form, values, obligations)
    except TemplateError as error:
        return type(error), error.message


@given(st.text(max_size=400))
def test_any_url_is_refused_or_stays_inside_its_quotes(url: str) -> None:
    values = sample_values(EMAIL) | {"payment_url": url}
    try:
        made = render(EMAIL, values)
    except TemplateError:
        return
    assert ("a", ("href", "style")) in tags(made.html) or not url
    assert "javascript:" not in made.html


PIECES = st.sampled_from(
    [
        "{{ consumer_name }}", "{{ sender_name|upper }}", "{{ notices }}", "{% if consumer_name %}", "{% else %}",
        "{% endif %}", "{% for a in consumer_name %}", "{% endfor %}", "{{", "}}", "{%", "%}", "{#", "#}", "text ",
        "{{ consumer_name * 99999999 }}", "{{ ''.__class__ }}", "{% set x = 1 %}", "{% raw %}", "{% endraw %}", "\n",
        "{% macro a() %}", "{% endmacro %}", "{{ range(9) }}", "{% include 'a' %}", "\x00", "\u202e", "=== html ===\n",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14))
def test_a_file_is_fit_and_bounded_or_refused_with_a_line(pieces: list[str]) -> None:
    text = SMS.replace("hello", "".join(pieces))
    template, findings = read(text)
    for finding in findings:
        assert 1 <= finding.line <= text.count("\n") + 2
    if template is None:
        assert any(finding.severity is Severity.ERROR for finding in findings)
        return
    try:
        made = render(template, {"sender_name": "N", "consumer_name": "Ana"}, ["mini_miranda"])
    except TemplateError:
        return
    assert len(made.text.encode()) <= LIMIT
    assert "This is from a debt collector." in made.text
    assert "<class" not in made.text


@given(st.binary(max_size=300))
def test_no_bytes_raise(raw: bytes) -> None:
    for given_bytes in (raw, SMS.encode()[:100] + raw):
        template, findings = read(as_text(given_bytes))
        assert template is not None or findings


def as_text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


@given(st.text(alphabet=st.sampled_from("aé€[^王😀 \n"), max_size=400))
def test_sizes_agree_with_packing_by_hand(text: str) -> None:
    """Fill segments one by one, as a phone network does."""
    basic, extended = set("aé \n"), set("€[^")
    is_gsm = all(sign in basic | extended for sign in text)
    widths = [
        (2 if sign in extended else 1) if is_gsm else len(sign.encode("utf-16-le")) // 2 for sign in text
    ]
    whole, room = (160, 153) if is_gsm else (70, 67)
    rooms = [0]
    for width in widths:
        if rooms[-1] + width > room:
            rooms.append(0)
        rooms[-1] += width
    expected = 1 if sum(widths) <= whole else len(rooms)
    assert measure(text) == ("gsm7" if is_gsm else "ucs2", sum(widths), expected)


@given(st.integers(-(10**15), 10**15), st.sampled_from(["USD", "CNY", "EUR", "JPY", "KWD", "XYZ"]))
def test_money_can_be_read_back(minor: int, currency: str) -> None:
    for locale in ("en", "es", "zh"):
        text = format_money(minor, currency, locale)
        assert int("".join(sign for sign in text if sign.isascii() and sign.isdigit())) == abs(minor)
        assert ("-" in text) == (minor < 0)


def test_the_oracle_is_awake() -> None:
    """The plain sandbox lets through what we refuse, so the refusals above are ours."""
    loose: Any = SandboxedEnvironment().from_string("{{ 'a' * 70000 }}").render()
    assert len(loose) > LIMIT
