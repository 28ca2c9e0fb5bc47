"""How long signing in is closed after failures: doubling by account and by address, forgotten step by step."""

from __future__ import annotations

import ipaddress

import msgspec


class Limit(msgspec.Struct, frozen=True):
    """`free` failures cost nothing, each further one doubles the wait up to `longest_s`; one goes every `forget_s`."""

    free: int
    longest_s: int
    forget_s: int


# a person mistypes a few times; a guesser is soon down to one guess in five minutes
ACCOUNT = Limit(free=5, longest_s=300, forget_s=600)
# a whole floor may sign in from one address at nine o'clock, and each attempt counts until it succeeds
ADDRESS = Limit(free=60, longest_s=300, forget_s=60)


def forgotten(limit: Limit, failures: int, since: int, now: int) -> tuple[int, int]:
    """The failures that still count at `now`, and since when the next one is being forgotten (seconds).

    Only whole steps are taken, so that frequent failures do not keep old ones alive.
    """
    steps = max(0, now - since) // limit.forget_s
    if steps >= failures:
        return 0, now
    return failures - steps, since + steps * limit.forget_s


def wait_s(limit: Limit, failures: int) -> int:
    """Seconds for which signing in is closed once there are `failures`."""
    over = failures - limit.free
    return 0 if over <= 0 else min(limit.longest_s, 1 << min(over - 1, 30))


def origin(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 of an IPv6 one, which is one household's or host's."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
