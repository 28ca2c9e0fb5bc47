"""A circuit breaker per provider: one that is down is left alone for a while, and never flooded when it is back."""

from __future__ import annotations

from dataclasses import dataclass

_TRIES = 5
_FIRST_PAUSE_S = 30.0
_LONGEST_PAUSE_S = 600.0


@dataclass(slots=True)
class Breaker:
    """Opens after five failures in a row; each time it fails again it stays open twice as long."""

    failures: int = 0
    pause_s: float = _FIRST_PAUSE_S
    closed_until: float = 0.0

    def allowance(self, now: float, limit: int) -> int:
        """How many calls may start: none while open, one as a probe after that, else `limit`."""
        if now < self.closed_until:
            return 0
        return 1 if self.failures >= _TRIES else limit

    def succeeded(self) -> None:
        self.failures, self.pause_s = 0, _FIRST_PAUSE_S

    def failed(self, now: float) -> None:
        """A failure that says something about the provider, not about the message."""
        self.failures += 1
        if self.failures >= _TRIES:
            self.closed_until = now + self.pause_s
            self.pause_s = min(self.pause_s * 2, _LONGEST_PAUSE_S)

    def asked_to_wait(self, now: float, seconds: float) -> None:
        """The provider said when to come back."""
        self.closed_until = max(self.closed_until, now + seconds)
