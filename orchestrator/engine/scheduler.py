"""The ticks of one node: APScheduler in memory. It wakes; what is due stands in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from orchestrator.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to do every so many seconds. A tick that is still running is not started again."""

    name: str
    every_s: float
    run: Callable[[], Any]


class Scheduler:
    """Runs ticks in threads until it is stopped. A database that is away makes a tick do nothing."""

    def __init__(self, ticks: list[Tick], on_error: Callable[[str, Exception], None] | None = None) -> None:
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._on_error = on_error
        for tick in ticks:
            self._scheduler.add_job(
                self._guarded,
                "interval",
                args=[tick],
                seconds=tick.every_s,
                id=tick.name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Wait for what is running, then end."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _guarded(self, tick: Tick) -> None:
        try:
            tick.run()
        except UnavailableError as error:
            self._report(tick.name, error)
        except Exception as error:  # noqa: BLE001 - one failing tick must not end the others
            self._report(tick.name, error)

    def _report(self, name: str, error: Exception) -> None:
        if self._on_error is not None:
            self._on_error(name, error)
