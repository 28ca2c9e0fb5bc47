"""Which provider delivers which channel, from a plain mapping of settings.

A provider module offers `from_settings(settings) -> Provider | None`: None if the settings do not name it. To
add one, add its module to the channel's line here; the first that is configured is used, else the simulator.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping

from channels.contract import Channel, Provider
from channels.errors import SetupError
from channels.simulator.provider import SimulatedProvider
from channels.simulator.world import World

FromSettings = Callable[[Mapping[str, object]], Provider | None]

PROVIDERS: Mapping[Channel, tuple[str, ...]] = {
    Channel.SMS: ("channels.sms.twilio",),
    Channel.EMAIL: ("channels.email.smtp",),
    Channel.VOICE: ("channels.voice.twilio",),
    Channel.LETTER: ("channels.letter.spool",),
    Channel.TASK: ("channels.task.worklist",),
}


class Providers(Mapping[Channel, Provider]):
    """One provider per channel. Closing is idempotent and closes every one, whatever another one raises."""

    def __init__(self, providers: Mapping[Channel, Provider]) -> None:
        self._providers = dict(providers)

    def __getitem__(self, channel: Channel) -> Provider:
        return self._providers[channel]

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._providers)

    def __len__(self) -> int:
        return len(self._providers)

    def is_simulated(self, channel: Channel) -> bool:
        """True where nothing really leaves; every screen says so."""
        return self._providers[channel].is_simulated

    def simulated(self) -> tuple[Channel, ...]:
        return tuple(channel for channel in self if self.is_simulated(channel))

    async def close(self) -> None:
        failure: Exception | None = None
        for provider in self._providers.values():
            try:
                await provider.close()
            except Exception as error:  # noqa: BLE001 - the others must be closed all the same
                failure = failure or error
        if failure is not None:
            raise failure


def build(
    settings: Mapping[str, object],
    world: World | None = None,
    given: Mapping[Channel, Provider] | None = None,
) -> Providers:
    """Build a provider for every channel.

    `given` wins (for example a worklist with its sink), then what the settings configure, then the simulator
    of `world`. Raises SetupError for half a configuration, or where nothing is configured and there is no
    world.
    """
    made: dict[Channel, Provider] = {}
    for channel in Channel:
        found = (given or {}).get(channel) or _configured(channel, settings)
        if found is None and world is not None:
            found = SimulatedProvider(channel, world)
        if found is None:
            raise SetupError(
                f"no provider is configured for {channel.value}",
                code="no_provider",
                hint="give its settings, or allow the simulator",
            )
        made[channel] = found
    return Providers(made)


def simulated(world: World) -> Providers:
    """The simulator on every channel, whatever is configured."""
    return Providers({channel: SimulatedProvider(channel, world) for channel in Channel})


def _configured(channel: Channel, settings: Mapping[str, object]) -> Provider | None:
    """Import only what the channel needs: the clients are slow to load."""
    for module in PROVIDERS[channel]:
        make: FromSettings = importlib.import_module(module).from_settings
        found = make(settings)
        if found is not None:
            return found
    return None
