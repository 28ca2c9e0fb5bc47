"""What the forms that record something are called, and what is said after each was saved."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.console.consumer_wording import ConsumerWording
from orchestrator.console.message import N_

TITLES = {
    "promise": (N_("Add a promise"), N_("Save promise")),
    "payment": (N_("Record a payment"), N_("Save payment")),
    "dispute": (N_("Record a dispute"), N_("Save dispute")),
    "complaint": (N_("Record a complaint"), N_("Save complaint")),
    "wrong_party": (N_("Somebody else’s number or address"), N_("Save wrong party")),
    "consent": (N_("Record a consent"), N_("Save consent")),
    "opt_out": (N_("Stop contact"), N_("Save stop")),
    "cease": (N_("Stop all contact"), N_("Save request")),
    "attorney": (N_("An attorney represents the consumer"), N_("Save attorney")),
    "hold": (N_("Place a hold"), N_("Save hold")),
    "release": (N_("Release the hold"), N_("Release hold")),
    "withdraw": (N_("The consent is withdrawn"), N_("Withdraw consent")),
    "answer": (N_("Answer to the dispute"), N_("Save answer")),
    "settle": (N_("Close the complaint"), N_("Close complaint")),
    "note": (N_("Add a note"), N_("Save note")),
    "call_back": (N_("Agree on a call-back"), N_("Save call-back")),
    "wish": (N_("Record a wish"), N_("Save wish")),
    "wish_place": (N_("Record a wish"), N_("Save wish")),
    "wish_channel": (N_("Record a wish"), N_("Save wish")),
    "wish_end": (N_("The wish is taken back"), N_("End wish")),
    "correct": (N_("Correct the outcome"), N_("Save correction")),
}
LEADS = {
    "promise": N_("The promise is recorded."),
    "payment": N_("The payment is recorded."),
    "dispute": N_("The dispute is recorded."),
    "complaint": N_("The complaint is recorded."),
    "wrong_party": N_("It is not used again."),
    "consent": N_("The consent is recorded."),
    "opt_out": N_("The stop is recorded."),
    "cease": N_("The request is recorded."),
    "attorney": N_("The attorney is recorded."),
    "hold": N_("The hold is placed."),
    "release": N_("The hold is released."),
    "withdraw": N_("The consent is withdrawn."),
    "answer": N_("The answer is recorded."),
    "settle": N_("The complaint is closed."),
    "note": N_("The note is saved."),
    "call_back": N_("The call-back is on the work list."),
    "wish": N_("The wish is recorded."),
    "wish_place": N_("The wish is recorded."),
    "wish_channel": N_("The wish is recorded."),
    "wish_end": N_("The wish has ended."),
    "correct": N_("The correction is recorded."),
}
_STOPS_ALL = N_("Contact stopped at once; nothing that was planned leaves.")
RESTS = {
    "dispute": N_("Nothing about it leaves until it is answered."),
    "complaint": _STOPS_ALL,
    "settle": N_("Contact waits until the hold in its place is released."),
    "opt_out": N_("It holds from now on; nothing that was planned leaves."),
    "cease": _STOPS_ALL,
    "attorney": N_("The attorney is contacted instead, once a person has looked."),
    "release": N_("Planned contacts are judged again."),
    "withdraw": N_("Nothing that needed it leaves any more."),
    "wish": N_("It holds from now on; what was planned is judged again."),
    "wish_place": N_("It holds from now on; what was planned is judged again."),
    "wish_channel": N_("It holds from now on; what was planned is judged again."),
    "wish_end": N_("Planned contacts are judged again."),
    "call_back": N_("It is judged again at that time."),
    "correct": N_("Planned contacts are judged again; what it makes unlawful goes to compliance."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of it, for a callout."""

    tone: str
    lead: str
    rest: str = ""


def told_of(words: ConsumerWording, kind: str, rest: str = "") -> Told:
    """What is said after something of this kind was recorded."""
    return Told("allow", words.said(LEADS[kind]), rest or (words.said(RESTS[kind]) if kind in RESTS else ""))
