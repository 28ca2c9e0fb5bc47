"""How long signing in is closed after failures, and how failures are forgotten."""

from __future__ import annotations

import pytest

from orchestrator.domain.throttle import ACCOUNT, ADDRESS, Limit, forgotten, origin, wait_s

LIMIT = Limit(free=3, longest_s=60, forget_s=100)


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 0), (3, 0), (4, 1), (5, 2), (6, 4), (9, 32), (10, 60), (10_000, 60)]
)
def test_the_wait_doubles_from_the_first_failure_that_costs_up_to_the_longest(
    failures: int, wait: int
) -> None:
    assert wait_s(LIMIT, failures) == wait


@pytest.mark.parametrize("limit", [ACCOUNT, ADDRESS])
def test_the_limits_in_use_let_people_mistype_and_stop_guessers(limit: Limit) -> None:
    assert wait_s(limit, 3) == 0
    assert wait_s(limit, limit.free + 12) == limit.longest_s


def test_the_longest_wait_forgets_less_than_it_takes_to_fail_again() -> None:
    """Otherwise a patient guesser would get back to free tries without ever stopping."""
    assert ACCOUNT.longest_s < ACCOUNT.forget_s


@pytest.mark.parametrize(
    ("failures", "since", "now", "left"),
    [
        (5, 0, 99, (5, 0)),
        (5, 0, 100, (4, 100)),
        (5, 0, 250, (3, 200)),
        (5, 0, 500, (0, 500)),
        (5, 0, 99_999, (0, 99_999)),
        (0, 0, 7, (0, 7)),
        (5, 50, 10, (5, 50)),
    ],
)
def test_one_failure_is_forgotten_with_each_whole_step(
    failures: int, since: int, now: int, left: tuple[int, int]
) -> None:
    assert forgotten(LIMIT, failures, since, now) == left


def test_frequent_failures_do_not_keep_old_ones_alive() -> None:
    """One failure every 60 s against one forgotten every 100 s: what counts grows by the difference only."""
    failures, since = 0, 0
    for now in range(0, 6_000, 60):
        failures, since = forgotten(LIMIT, failures, since, now)
        failures += 1
    assert failures == 41


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert origin(address) == counted
