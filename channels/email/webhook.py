"""Mail handed to us over HTTP by a mail server: signed with a shared secret, read like any other."""

from __future__ import annotations

import hashlib
import hmac

from channels.email.inbound import parse as parse_mail
from channels.errors import WebhookError
from channels.events import Event

MAX_BYTES = 65_536
SIGNATURE_HEADER = "X-Duecourse-Signature"


def sign(body: bytes, secret: str) -> str:
    """What the mail server puts into the signature header: `sha256=` and HMAC-SHA256 of the body in hex."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def parse(
    body: bytes, signature: str | None, secret: str, own_domains: frozenset[str] = frozenset()
) -> list[Event]:
    """Events of a mail posted to us raw. WebhookError: 413 over 64 KiB, 403 forged, 400 unreadable."""
    if len(body) > MAX_BYTES:
        raise WebhookError("the body is over 64 KiB", code="webhook_too_big", status=413)
    if not signature:
        raise WebhookError("the signature is missing", code="webhook_unsigned", status=403)
    if not secret or not hmac.compare_digest(
        sign(body, secret).encode(), signature.encode("utf-8", "replace")
    ):
        raise WebhookError("the signature is wrong", code="webhook_forged", status=403)
    return parse_mail(body, own_domains, MAX_BYTES)
