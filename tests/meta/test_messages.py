"""Every sentence of the console is there in both languages, with the same placeholders."""

from __future__ import annotations

import runpy

from tests.meta.source import ROOT

messages = runpy.run_path(str(ROOT / "setup" / "messages.py"))


def test_the_catalogues_say_all_that_the_console_says() -> None:
    state = messages["compare"]("zh")
    assert not state.missing
    assert not state.unused
    assert not state.broken


def test_messages_are_found_in_pages_and_in_code() -> None:
    places = messages["said"]().values()
    assert any(".html:" in place for place in places)
    assert any(".py:" in place for place in places)
