"""The permit: without one nothing leaves. Minted by the gate, spent once by the dispatcher, alive about a second."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestrator.domain.attempt import LEAVE_S
from orchestrator.errors import DuecourseError


class PermitError(DuecourseError):
    """A permit that cannot be spent: nothing was sent, and the contact is given back."""

    code = "permit_refused"


@dataclass(slots=True)
class Permit:
    """Leave to hand over exactly one content (`digest`) of one attempt before `deadline` (monotonic seconds)."""

    attempt_id: str
    digest: str
    fence: int
    deadline: float
    is_spent: bool = field(default=False, init=False)

    def spend(self, digest: str, now: float) -> None:
        """Use it up; a second use, another content or a passed deadline is a PermitError."""
        if self.is_spent:
            raise PermitError("the permit was already used", where=self.attempt_id)
        self.is_spent = True
        if digest != self.digest:
            raise PermitError(
                "the content is not the one that was judged", where=self.attempt_id, code="digest_differs"
            )
        if now >= self.deadline:
            raise PermitError("the permit ran out before the call", where=self.attempt_id, code="permit_late")


def mint(attempt_id: str, digest: str, fence: int, began: float) -> Permit:
    """A permit for an attempt that the admitting statement, begun at monotonic `began`, let through."""
    return Permit(attempt_id, digest, fence, began + LEAVE_S)
