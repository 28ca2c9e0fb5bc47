"""What can go wrong when a message is handed to a provider, or when a channel is set up.

    ChannelError                    code, message, file, line, hint
    ├── SetupError                  a setting or a behaviour file is wrong: file, line, and nothing is sent
    ├── WebhookError                a callback is not taken: `status` is the HTTP status to answer with
    └── DeliveryFailure
        ├── Refused                 PROVEN not sent: the contact slot is given back
        │   ├── Temporary           may be tried again, after it has been judged again
        │   │   └── Throttled       the provider said when: `retry_after_s`
        │   └── Permanent           this address will never take it: use the next contact point
        └── Ambiguous               may have been sent: counts against every cap, never sent again

A provider that cannot prove that nothing left raises Ambiguous. `code` is ours and stable; `provider_code` is
the provider's own word, kept for people who look into it, never branched on outside the provider's module.
"""

from __future__ import annotations


class ChannelError(Exception):
    """Base: `code` is stable, `file` and `line` say where, `hint` what to do."""

    code = "channel_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        file: str | None = None,
        line: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.hint = hint
        if code is not None:
            self.code = code

    def sentence(self) -> str:
        """One line for a terminal: where, what, what to do."""
        place = self.file or ""
        if place and self.line is not None:
            place = f"{place}:{self.line}"
        start = f"{place}: " if place else ""
        end = f" ({self.hint})" if self.hint else ""
        return f"{start}{self.message}{end} [{self.code}]"


class SetupError(ChannelError):
    code = "channel_setup"


class WebhookError(ChannelError):
    """A callback that is not taken; nothing was changed. `status` is 403 (forged), 413 (too big) or 400."""

    code = "webhook_refused"

    def __init__(self, message: str, *, code: str | None = None, status: int = 403, hint: str | None = None):
        super().__init__(message, code=code, hint=hint)
        self.status = status


class DeliveryFailure(ChannelError):  # noqa: N818 - the name the design gives it
    """The provider did not accept. `proven_unsent` decides whether the slot is given back."""

    code = "delivery_failed"
    proven_unsent = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        provider: str = "",
        provider_code: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.provider = provider
        self.provider_code = provider_code


class Refused(DeliveryFailure):
    code = "refused"
    proven_unsent = True


class Temporary(Refused):
    code = "temporary"


class Throttled(Temporary):
    """The provider asked for patience; `retry_after_s` is None when it did not say how long."""

    code = "throttled"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        provider: str = "",
        provider_code: str | None = None,
        hint: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, code=code, provider=provider, provider_code=provider_code, hint=hint)
        self.retry_after_s = retry_after_s


class Permanent(Refused):
    """Refused for good. Code `opted_out`: the provider holds an opt-out that we must record."""

    code = "permanent"


class Ambiguous(DeliveryFailure):
    code = "ambiguous"
