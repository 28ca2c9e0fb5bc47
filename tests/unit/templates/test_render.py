"""Rendering: obligations in the language of the message and proven to be there, strict variables, digests."""

from __future__ import annotations

from typing import Any

import pytest

from templates.errors import InvalidVariable, MissingObligation, MissingVariable, OutputTooLarge
from templates.render import render
from templates.sample import sample, sample_values, typical_obligations
from templates.vocabulary import EXPECTED, LOCALES, OBLIGATIONS
from tests.unit.templates.forms import CATALOG, SMS, fit, packaged

VALUES: dict[str, Any] = {"sender_name": "Northfield", "consumer_name": "Maria Alvarez"}


def test_the_catalog_is_whole_and_clean() -> None:
    assert not CATALOG.diagnostics, [finding.text() for finding in CATALOG.diagnostics]
    for channel in EXPECTED:
        for locale in LOCALES:
            assert packaged("reminder", channel, locale).locale == locale
    for locale in LOCALES:
        assert set(CATALOG.texts[locale].texts) == set(OBLIGATIONS)


@pytest.mark.parametrize("template", list(CATALOG), ids=lambda template: template.id)
def test_every_packaged_template_renders_with_and_without_obligations(template: Any) -> None:
    plain = sample(template)
    assert plain.text
    assert plain.digest != sample(template, typical_obligations(template)).digest or not template.slot_of
    for made in plain.parts.values():
        assert "  " not in made.replace("\n  ", "\n"), "an empty slot left a gap"
        assert made == made.strip()


@pytest.mark.parametrize("channel", ["sms", "email", "voice", "letter", "task"])
@pytest.mark.parametrize("locale", LOCALES)
def test_each_obligation_reaches_the_message_in_its_language(channel: str, locale: str) -> None:
    template = packaged("reminder", channel, locale)
    values = sample_values(template)
    for one in EXPECTED[channel]:
        made = render(template, values, [one])
        assert set(made.obligations) == {one}
        if one in template.slot_of:
            text = CATALOG.texts[locale].fill(one, channel, values)
            assert any(text in part for part in made.parts.values())
            if channel == "email":
                assert text in made.text


def test_a_text_from_outside_does_not_replace_the_locale_s_own() -> None:
    template = packaged("reminder", "sms", "es")
    made = render(template, sample_values(template), {"mini_miranda": "This is from a debt collector."})
    assert "cobrador de deudas" in made.text
    assert "debt collector" not in made.text


def test_an_obligation_without_a_slot_blocks_the_contact() -> None:
    template = packaged("opt_out_confirmation", "sms", "en")
    assert render(template, {"neutral_name": "Northfield"}).text.startswith("Northfield: ")
    with pytest.raises(MissingObligation, match="no place for mini_miranda"):
        render(template, {"neutral_name": "Northfield"}, ["mini_miranda"])


def test_an_unknown_obligation_blocks_the_contact() -> None:
    with pytest.raises(MissingObligation):
        render(fit(SMS), VALUES, ["something_new"])


def test_an_obligation_without_its_sender_value_names_the_field() -> None:
    with pytest.raises(MissingObligation, match="official_phone needs creditor_name"):
        render(fit(SMS), VALUES, ["official_phone"])


def test_a_sender_value_of_the_wrong_kind_blocks_the_contact() -> None:
    template = packaged("reminder", "sms", "en")
    for bad in (["Harbor"], {"a": 1}, 7, object()):
        with pytest.raises(InvalidVariable):
            render(template, {**sample_values(template), "official_phone": bad}, ["official_phone"])


def test_a_missing_variable_is_named_and_an_undeclared_one_is_not_seen() -> None:
    template = fit(SMS)
    with pytest.raises(MissingVariable, match="consumer_name"):
        render(template, {"sender_name": "Northfield"})
    assert render(template, {**VALUES, "amount": object()}).text == "Northfield: hello Maria Alvarez."


def test_a_bad_value_is_not_repeated_in_the_error() -> None:
    with pytest.raises(InvalidVariable) as caught:
        render(fit(SMS), {**VALUES, "consumer_name": "Ana\u202eRuiz"})
    assert "Ana" not in caught.value.message


def test_html_is_escaped_and_text_is_not() -> None:
    template = packaged("reminder", "email", "en")
    values = {**sample_values(template), "consumer_name": '<b onclick="x">O\'Neil & Co</b>'}
    made = render(template, values, ["mini_miranda", "opt_out_notice", "agency_relation"])
    assert "<b onclick" not in made.html
    assert "&lt;b onclick=&#34;x&#34;&gt;O&#39;Neil &amp; Co&lt;/b&gt;" in made.html
    assert '<b onclick="x">O\'Neil & Co</b>' in made.text


def test_an_obligation_with_quotes_is_found_again_in_html() -> None:
    template = packaged("reminder", "email", "en")
    values = {**sample_values(template), "creditor_name": 'O\'Neil & "Sons" <Bank>'}
    assert "O&#39;Neil &amp; &#34;Sons&#34;" in render(template, values, ["agency_relation"]).html


def test_values_are_not_template_code() -> None:
    with pytest.raises(InvalidVariable):
        render(fit(SMS), {**VALUES, "consumer_name": "{{ sender_name }}"})
    assert "{x}" in render(fit(SMS), {**VALUES, "consumer_name": "{x} %s #{7*7}"}).text


def test_the_digest_moves_with_words_and_version_only() -> None:
    template = fit(SMS)
    first = render(template, VALUES)
    assert render(template, dict(VALUES)).digest == first.digest
    assert render(template, {**VALUES, "consumer_name": "Ana"}).digest != first.digest
    again = fit(SMS.replace("hello", "hello "))
    assert again.version != template.version
    assert render(again, VALUES).digest != first.digest


def test_line_ends_and_trailing_spaces_do_not_make_a_version() -> None:
    assert fit(SMS.replace("\n", "\r\n")).version == fit(SMS).version == fit(SMS + "\n\n").version


def test_voice_gives_every_part_and_tells_machines_nothing() -> None:
    for locale in LOCALES:
        template = packaged("reminder", "voice", locale)
        made = sample(template, typical_obligations(template))
        values = sample_values(template)
        assert values["creditor_name"] not in made.voicemail_text
        assert made.text == made.parts["message"]
        assert values["consumer_name"] in made.parts["right_party"]
        for secret in ("$250.00", "2,500.00", "1234"):
            assert secret not in made.voicemail_text + made.parts["right_party"] + made.parts["wrong_person"]


def test_a_subject_is_one_line_without_the_debt() -> None:
    for locale in LOCALES:
        made = sample(packaged("reminder", "email", locale))
        assert "\n" not in made.subject
        assert "Northfield" in made.subject or "乙服务" in made.subject
        assert "1234" not in made.subject


def test_several_accounts_are_listed() -> None:
    template = packaged("reminder", "email", "en")
    made = render(template, {**sample_values(template), "several": True})
    assert "ending in 1234 | $250.00" in made.text
    assert "ending in 9876 | $75.50" in made.text


def test_output_is_capped_while_it_is_made() -> None:
    text = SMS.replace("consumer_name: name", "consumer_name: {type: name, max: 1000}")
    text = text.replace("  sender_name: organization", "  sender_name: organization\n  lines: account_lines")
    text = text.replace(
        "{{ notices }}", "{% for line in lines %}" + "{{ consumer_name }}" * 60 + "{% endfor %}{{ notices }}"
    )
    values = {**VALUES, "consumer_name": "x" * 1000, "lines": [("a", (1, "USD"))] * 20}
    with pytest.raises(OutputTooLarge):
        render(fit(text), values)


def test_an_sms_over_its_own_limit_carries_a_warning() -> None:
    text = SMS.replace("content: collection", "content: collection\nmax_segments: 1")
    made = render(fit(text), {**VALUES, "consumer_name": "王" * 80})
    assert made.segments == 2
    assert made.encoding == "ucs2"
    assert made.warnings
