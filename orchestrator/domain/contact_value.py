"""One way to write a number, a mailbox or an address, so that equal ones are found by their blind index."""

from __future__ import annotations

KIND_OF_CHANNEL = {"sms": "phone", "voice": "phone", "task": "phone", "email": "email", "letter": "postal"}


def normal(kind: str, value: str) -> str:
    """Phones are E.164 already; mailboxes and postal addresses compare without case and with single spaces."""
    return value.strip() if kind == "phone" else " ".join(value.casefold().split())
