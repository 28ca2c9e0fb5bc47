"""The composition root: everything a process needs, opened once and closed once."""

from __future__ import annotations

import gc
import hashlib
import hmac
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

from channels.contract import Channel
from channels.registry import Providers, build
from channels.simulator import parse as behaviour_file
from channels.simulator.behaviour import Behaviour
from channels.simulator.world import World
from channels.task.worklist import WorklistProvider
from orchestrator.clock import Clock, SystemClock
from orchestrator.domain import cadence_library, firm_file, seal
from orchestrator.engine.house import House
from orchestrator.errors import SettingError
from orchestrator.services.call_task import worklist
from orchestrator.settings import Settings
from orchestrator.store.api_key import ApiKeys
from orchestrator.store.database import Database
from orchestrator.store.sealing import KeyRing, Sealer
from policies import library as policy_library
from templates import library as template_library

KEY_FILE = "secret.key"


@dataclass(slots=True)
class Runtime:
    """An opened product. `house` is what the engine works with; the faces add who may call."""

    settings: Settings
    clock: Clock
    database: Database
    sealer: Sealer
    house: House
    api_keys: ApiKeys
    providers: Providers
    warnings: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, settings: Settings, clock: Clock | None = None, world: World | None = None) -> Runtime:
        """Reads every file of the firm and connects; whatever is unfit is one error of the tree.

        `world` delivers on the channels that no provider is configured for; without one what is sent there is taken and
        nothing comes of it.
        """
        clock = clock or SystemClock()
        ring = key_ring(settings)
        sealer = Sealer(ring)
        database = Database(database_url(settings))
        # a task is for our own people: it goes on the work list, also where every other channel is simulated
        tasks = WorklistProvider(worklist(database, clock))
        providers = build(
            settings.model_dump(), world or silent_world(settings, clock), {Channel.TASK: tasks}
        )
        firm = firm_file.load(settings.firm)
        house = House(
            database=database,
            clock=clock,
            sealer=sealer,
            library=policy_library.load(tuple(map(str, settings.policies_dir))),
            catalog=template_library.load(settings.templates_dir),
            firm=firm,
            seals=seal.load(firm, settings.firm),
            cadences=cadence_library.load(settings.cadences_dir),
            providers=providers,
            node=node_name(),
            public_url=str(settings.public_url or ""),
            batch=settings.worker_batch,
        )
        settle_memory()
        pepper = hmac.new(ring.reference_key, b"api keys", hashlib.sha256).digest()
        return cls(settings, clock, database, sealer, house, ApiKeys(database, clock, pepper), providers)

    def simulated(self) -> list[str]:
        """The channels on which nothing really leaves, by name; every face says so."""
        return [str(channel) for channel in self.providers.simulated() if channel is not Channel.TASK]

    @property
    def ledger_heads(self) -> Path:
        """Where signed heads go beside the database."""
        return self.settings.ledger_heads or self.settings.data_dir / "ledger-heads.jsonl"

    def close(self) -> None:
        """Gives the connections back. Providers are closed by the loop that used them."""
        self.database.close()


def key_ring(settings: Settings) -> KeyRing:
    """The keys of the deployment; development makes its own on its first start."""
    if settings.secret_key is not None:
        return KeyRing.of_secret(settings.secret_key.get_secret_value())
    if settings.secret_key_file is not None:
        return KeyRing.of_file(settings.secret_key_file)
    path = settings.data_dir / KEY_FILE
    try:
        return KeyRing.of_file(path, create=True)
    except FileExistsError:  # another process made it in this very moment
        return KeyRing.of_file(path)


def sqlite_file(settings: Settings) -> Path | None:
    """The file of a SQLite database; None for another one."""
    url = str(settings.database_url)
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def database_url(settings: Settings) -> str:
    """The database's URL; the folder of a SQLite file is made."""
    url, file = str(settings.database_url), sqlite_file(settings)
    if file is not None:
        folder = file.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingError(
                f"{folder} cannot be made: {error.strerror}", where="DUECOURSE_DATABASE_URL"
            ) from None
    return url


def node_name() -> str:
    """Names this process in leases: unique among everything that shares a database."""
    return f"{socket.gethostname()}-{os.getpid()}"


def people(settings: Settings) -> Behaviour:
    """How simulated recipients behave: the configured script, else the shipped one."""
    return behaviour_file.load(settings.behaviour) if settings.behaviour else behaviour_file.packaged()


def silent_world(settings: Settings, clock: Clock) -> World:
    """A simulated outside that nobody listens to: for commands that judge and render but do not run the engine."""
    return World(people(settings), 0, clock.now, lambda _at, _event: None, lambda _line: None)


def settle_memory() -> None:
    """Take what was loaded for good (packs, templates, tables of places) out of the collector's sight.

    It would be walked through again and again while batches of rows come and go: a fifth of a worker's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
