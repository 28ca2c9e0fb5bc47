"""The contact panel: the words of every answer, sending once and only what may leave, calls, and who may what."""

from __future__ import annotations

import re

from orchestrator.bootstrap import Runtime
from tests.integration.console.conftest import Enter, words

PANEL = "/consumers/C-1/contact"
HTMX = {"HX-Request": "true"}


def test_the_panel_says_for_every_contact_point_whether_it_may_be_used_now(enter: Enter) -> None:
    said = words(enter("collector", time_zone="America/New_York").text(PANEL))
    assert "Text (312) 555-0101 mobile Now until 21:00 CDT" in said, said
