"""A Chromium for each worker, the served book, and pages that watch what happens in them."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import structlog
from playwright.sync_api import Browser, Page

from orchestrator.clock import RunningClock, VirtualClock
from policies import library as policy_library
from templates import library as template_library
from tests.browser import book
from tests.browser.room import Rooms, launched
from tests.browser.serve import Served, bound, serving

Open = Callable[..., Page]

# they never change after they are loaded, so one serves all tests of a worker
_templates = cache(template_library.load)
_policies = cache(policy_library.load)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    yield from launched()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the book, made by the first worker that comes."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    # BROWSER_BOOK keeps the book from one run to the next, for whoever works on these tests
    shared = Path(os.environ.get("BROWSER_BOOK", shared))
    folder, done = shared / "book", shared / "book.done"
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "book.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            book.make(folder)
            book.plant(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """A line of the log for every file of every page would bury what a failed test says."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture(scope="session")
def _loaded_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestrator.bootstrap.template_library.load", _templates)
        patch.setattr("orchestrator.bootstrap.policy_library.load", _policies)
        yield


def _copy(prepared: Path, folder: Path) -> Path:
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def library(prepared: Path, _loaded_once: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """For tests that only look: one server for all of them."""
    with serving(_copy(prepared, tmp_path_factory.mktemp("library")), VirtualClock(book.NOW)) as served:
        yield served


@pytest.fixture(scope="session")
def port() -> Iterator[socket.socket]:
    """Where the servers of single tests listen, one after the other."""
    with bound() as own:
        yield own


@pytest.fixture
def served(prepared: Path, _loaded_once: None, port: socket.socket, tmp_path: Path) -> Iterator[Served]:
    """For tests that change something: a server and a book of their own; the clock stands still."""
    with serving(_copy(prepared, tmp_path), VirtualClock(book.NOW), own=port) as one:
        yield one


@pytest.fixture
def living(prepared: Path, _loaded_once: None, port: socket.socket, tmp_path: Path) -> Iterator[Served]:
    """The same with the worker running: what is due leaves, into the simulator."""
    with serving(_copy(prepared, tmp_path), RunningClock(book.NOW), works=True, own=port) as one:
        yield one


@pytest.fixture(scope="session")
def rooms(browser: Browser) -> Rooms:
    return Rooms(browser)


@pytest.fixture
def enter(rooms: Rooms) -> Iterator[Open]:
    """`enter(served, "collector", language="zh")`: a page in which somebody of that role is signed in.

    None is a guest, a word that is no role a person's name. The page's `watch` fails the test at its end.
    """

    def open_page(served: Served, who: str | None, *, language: str = "en", **more: Any) -> Page:
        name = None if who is None else who if who == "canary" else f"{who}-{language}"
        return rooms.open(served, name, language=language, **more)

    yield open_page
    rooms.leave()


def moment(served: Served) -> datetime:
    """What the served product takes for now."""
    return served.runtime.clock.now()
