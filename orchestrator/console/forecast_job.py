"""Forecasts that are being made: in a thread of their own, so that a page shows how far one is."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

import structlog

from orchestrator.engine.house import House
from orchestrator.errors import DuecourseError
from orchestrator.services import campaign_forecast

log = structlog.get_logger("console")
AT_ONCE_S = 1.5
"""So long a page waits for a forecast that is nearly there."""


@dataclass(slots=True)
class Job:
    """One forecast under way; done, total: accounts.

    `failed`: why there is none, in English, with what to do; empty while all is well. `incident`: the code under
    which the log has the whole story of what nobody foresaw.
    """

    campaign_id: str
    done: int = 0
    total: int = 0
    failed: str = ""
    incident: str = ""
    ended: threading.Event = field(default_factory=threading.Event)

    def tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0


_jobs: dict[tuple[int, str], Job] = {}
_lock = threading.Lock()


def running(house: House, campaign_id: str) -> Job | None:
    """The forecast of this campaign that is being made by this process now."""
    job = _jobs.get((id(house), campaign_id))
    return None if job is None or job.ended.is_set() else job


def failure(house: House, campaign_id: str) -> Job | None:
    """The last one that was asked for here, if it came to nothing."""
    job = _jobs.get((id(house), campaign_id))
    return job if job is not None and (job.failed or job.incident) else None


def begin(house: House, campaign_id: str, by: str, wait_s: float = AT_ONCE_S) -> Job:
    """Make a forecast, unless one is under way; returns when it is there, at the latest after `wait_s`."""
    with _lock:
        job = running(house, campaign_id)
        if job is None:
            job = _jobs[id(house), campaign_id] = Job(campaign_id)
            threading.Thread(target=_make, args=(house, job, by), name="forecast", daemon=True).start()
    job.ended.wait(wait_s)
    return job


def _make(house: House, job: Job, by: str) -> None:
    try:
        campaign_forecast.make(house, job.campaign_id, by, job.tell)
    except DuecourseError as error:
        job.failed = f"{error.message}: {error.hint}" if error.hint else error.message
    except Exception:
        job.incident = secrets.token_hex(4)
        log.exception("forecast_failed", campaign=job.campaign_id, incident=job.incident)
    finally:
        job.ended.set()
