"""`duecourse run`, `web` and `worker`: the processes that stay."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
import uvicorn

from channels.simulator.behaviour import Behaviour
from channels.simulator.world import World
from orchestrator.audit.head import Signer
from orchestrator.bootstrap import Runtime, database_url, people, sqlite_file
from orchestrator.cli import board, terminal
from orchestrator.cli.session import configured, ensure_schema
from orchestrator.clock import Clock, RunningClock, SystemClock
from orchestrator.engine.conduct import Conduct
from orchestrator.engine.life import Agenda
from orchestrator.engine.worker import Heads, Neighbours, Worker
from orchestrator.errors import ConflictError, SettingError, UsageError
from orchestrator.services import sample, sample_people, user
from orchestrator.settings import Settings
from orchestrator.store import mark, migration
from orchestrator.store.database import Database

KEY_FILE = "api-key"
PORTS_TRIED = 50
LEASE_S = 30.0
log = structlog.get_logger("run")


class Server(uvicorn.Server):
    """A server that leaves signals to us: one Ctrl-C ends everything in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(slots=True)
class Process:
    """An opened product with what happens around it."""

    runtime: Runtime
    agenda: Agenda

    def worker(self) -> Worker:
        runtime = self.runtime
        heads = Heads(Signer(runtime.sealer.ring.signing_key), runtime.ledger_heads)
        neighbours = None
        if runtime.simulated():
            neighbours = Neighbours(self.agenda, Conduct(runtime.house, sample.nowhere))
        return Worker(runtime.house, heads=heads, neighbours=neighbours, on_error=note_error)

    def server(self, port: int) -> Server:
        # only who serves pays for the pages and the API: half of what a command's start costs
        from orchestrator.web import create_web  # noqa: PLC0415

        config = uvicorn.Config(
            create_web(self.runtime),
            host=self.runtime.settings.host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        return Server(config)


def note_error(name: str, error: Exception) -> None:
    log.error("loop_failed", loop=name, exc_info=error)


def open_process(settings: Settings, clock: Clock, agenda: Agenda, behaviour: Behaviour) -> Process:
    world = World(behaviour, 1, clock.now, agenda.schedule, sample.nowhere)
    runtime = Runtime.open(settings, clock, world)
    runtime.house.lease_s = LEASE_S * settings.speed
    refuse_mixing(runtime)
    refuse_sample_people(runtime)
    return Process(runtime, agenda)


def refuse_mixing(runtime: Runtime) -> None:
    """People who are made up are never contacted through a real provider."""
    real = sorted({"sms", "email", "voice", "letter"} - set(runtime.simulated()))
    if real and migration.current(runtime.database) and mark.is_set(runtime.database, sample.MARK):
        runtime.close()
        raise SettingError(
            f"the database holds the sample book, and {', '.join(real)} would really be sent",
            where="DUECOURSE_DATABASE_URL",
            hint="name a new database for your own portfolio",
        )


def refuse_sample_people(runtime: Runtime) -> None:
    """Production does not start while somebody could sign in with a password that a terminal showed."""
    if not runtime.settings.is_production or not migration.current(runtime.database):
        return
    try:
        sample_people.refuse(runtime.house)
    except SettingError:
        runtime.close()
        raise


def run() -> None:
    """Everything in one process: API, scheduler and dispatcher; a new file first gets the sample book."""
    settings = configured()
    behaviour = people(settings)
    agenda = first_life(settings, behaviour) or Agenda()
    process = open_process(settings, clock_for(settings), agenda, behaviour)
    try:
        asyncio.run(serve_all(process, free_port(settings)))
    finally:
        process.runtime.close()
    terminal.say("Stopped. Start again with make run; nothing is lost.")


def first_life(settings: Settings, behaviour: Behaviour) -> Agenda | None:
    """Lives the sample's sixty days into a new file; None where there is a database or anything real."""
    path = sqlite_file(settings)
    if path is None or path.exists() or settings.is_production or len(settings.simulated_channels()) < 4:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    terminal.say(f"New database {path}: living the last {sample.DAYS} days of the sample book first")
    runtime = Runtime.open(settings)
    try:
        with terminal.progress_bar("sample days") as bar:
            agenda = sample.live_first(runtime.house, path, behaviour, runtime.clock.now(), bar)
        mark.put(runtime.database, sample.MARK)
        return agenda
    finally:
        runtime.close()


def clock_for(settings: Settings) -> Clock:
    """Real time, or faster; a database that has run ahead is never taken back in time. Readies the schema."""
    database = Database(database_url(settings))
    try:
        ensure_schema(database)
        latest, now = mark.latest(database), SystemClock().now()
    finally:
        database.close()
    if settings.speed == 1 and (latest is None or latest <= now):
        return SystemClock()
    clock = RunningClock(max(latest or now, now), settings.speed)
    terminal.say(
        f"Clock: from {clock.now():%Y-%m-%d %H:%M} UTC, {settings.speed:g} times as fast as real time"
    )
    return clock


def free_port(settings: Settings) -> int:
    """The port asked for, else the next free one, which is said."""
    for port in range(settings.port, min(settings.port + PORTS_TRIED, 65_536)):
        if is_free(settings.host, port):
            if port != settings.port:
                terminal.say(f"Port {settings.port} is taken: using {port}")
            return port
    raise UsageError(
        f"no port from {settings.port} to {settings.port + PORTS_TRIED - 1} is free", where="DUECOURSE_PORT"
    )


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # as the server will bind: a port whose last connections still linger is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


async def serve_all(process: Process, port: int) -> None:
    """Server, worker and board until a signal; each ends in order."""
    runtime, stop = process.runtime, stopping()
    address = f"http://{runtime.settings.host}:{port}"
    runtime.house.public_url = runtime.house.public_url or address
    greet(runtime, address)
    arriving = None
    if await asyncio.to_thread(mark.is_set, runtime.database, sample.MARK):
        arriving = asyncio.create_task(sample.newcomers(runtime.house, stop))
    await until_stopped(process, stop, port=port, works=True, shows=True)
    if arriving is not None:
        await arriving


async def until_stopped(
    process: Process, stop: asyncio.Event, *, port: int | None, works: bool, shows: bool
) -> None:
    tasks = []
    server = process.server(port) if port is not None else None
    if server is not None:
        tasks.append(asyncio.create_task(end_with(server.serve(), stop)))
        tasks.append(asyncio.create_task(end_server(server, stop)))
    if works:
        tasks.append(asyncio.create_task(end_with(process.worker().run(stop), stop)))
    if shows:
        tasks.append(asyncio.create_task(board.show(process.runtime, stop)))
    try:
        await asyncio.gather(*tasks)
    finally:
        stop.set()
        await process.runtime.providers.close()


async def end_with(part: object, stop: asyncio.Event) -> None:
    """No part goes on alone: when one ends, for whatever reason, all end."""
    try:
        await part  # type: ignore[misc]  # a coroutine of the server or the worker
    finally:
        stop.set()


async def end_server(server: Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


def stopping() -> asyncio.Event:
    """Set by Ctrl-C or a polite kill."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def greet(runtime: Runtime, address: str) -> None:
    terminal.say(f"duecourse serves {address} (documentation: {address}/docs)")
    if simulated := runtime.simulated():
        terminal.say(f"Simulated, nothing really leaves: {', '.join(simulated)}")
    greet_people(runtime)
    if runtime.settings.is_production:
        terminal.say("For the API, make a key: duecourse api-keys add NAME --role ROLE")
        return
    token, path = local_key(runtime)
    terminal.say(f"For the API, send the header  Authorization: Bearer {token}")
    terminal.say(f"(an administrator's key for trying out, kept in {path}; duecourse api-keys makes others)")


def greet_people(runtime: Runtime) -> None:
    """How to sign in: as one of the sample people, or what to do where nobody can yet."""
    word = None
    if not runtime.settings.is_production and mark.is_set(runtime.database, sample.MARK):
        word = sample_people.ensure(runtime.house, runtime.settings.data_dir)
    if word is not None:
        *names, last = sample_people.names(runtime.house)
        who = f"{', '.join(names)} or {last}" if names else last
        terminal.say(f"Sign in as {who}, each with the password  {word}")
        kept = runtime.settings.data_dir / sample_people.KEPT_IN
        terminal.say(f"(sample people, one for each role; their password is kept in {kept})")
    elif not user.everybody(runtime.house):
        terminal.say("Nobody can sign in yet: duecourse users add NAME --role administrator")


def local_key(runtime: Runtime) -> tuple[str, Path]:
    """The key for trying out: the one in the data folder while it is valid, else a new one."""
    path = runtime.settings.data_dir / KEY_FILE
    token = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    if not token or runtime.api_keys.find(token) is None:
        for key in runtime.api_keys.all():
            if key.name == "trying-out" and key.revoked_at is None:
                runtime.api_keys.revoke(key.id)
        _, token = runtime.api_keys.add("trying-out", "administrator")
        path.touch(mode=0o600)
        path.write_text(token + "\n", encoding="utf-8")
    return token, path


def web() -> None:
    """The API alone. Needs a database of the right schema: `duecourse db upgrade`."""
    settings = configured()
    process = open_process(settings, SystemClock(), Agenda(), people(settings))
    try:
        ensure_schema(process.runtime.database)
        if not is_free(settings.host, settings.port):
            raise ConflictError(f"port {settings.port} is taken", code="port_taken", where="DUECOURSE_PORT")
        terminal.say(f"duecourse serves http://{settings.host}:{settings.port}")
        asyncio.run(serve_web(process, settings.port))
    finally:
        process.runtime.close()


async def serve_web(process: Process, port: int) -> None:
    await until_stopped(process, stopping(), port=port, works=False, shows=False)


def worker() -> None:
    """The scheduler and dispatcher alone; any number of them may share one PostgreSQL."""
    settings = configured()
    process = open_process(settings, SystemClock(), Agenda(), people(settings))
    try:
        ensure_schema(process.runtime.database)
        terminal.say(f"duecourse works as {process.runtime.house.node}")
        asyncio.run(serve_work(process))
    finally:
        process.runtime.close()


async def serve_work(process: Process) -> None:
    await until_stopped(process, stopping(), port=None, works=True, shows=True)
