"""What templates are called on pages: a firm's own ones by their name, those that come with the product in words."""

from __future__ import annotations

from orchestrator.console.message import N_
from orchestrator.console.vocabulary import Translator

_TITLES = {
    "reminder": N_("Reminder"),
    "agent_call": N_("Call script"),
    "opt_out_confirmation": N_("Confirmation of the stop"),
    "answer_received": N_("We have your message"),
    "answer_call": N_("Please call us"),
}


def template_title(translator: Translator, template: str) -> str:
    """`en/sms/reminder`, or `reminder` alone, as people call it; its version is for the ledger, not for reading."""
    name = template.rpartition("/")[2]
    return translator.gettext(_TITLES[name]) if name in _TITLES else name.replace("_", " ").capitalize()
