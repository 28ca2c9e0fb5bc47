"""`duecourse campaigns`: a cadence over a segment, forecast, started, watched, paused, stopped."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from orchestrator.bootstrap import Runtime
from orchestrator.cli import terminal
from orchestrator.cli.session import open_runtime
from orchestrator.domain import campaign_file
from orchestrator.domain.campaign import CampaignState, Definition
from orchestrator.domain.forecast import Forecast, Outcome
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.services import campaign, campaign_forecast, campaign_progress
from orchestrator.services.campaign import Campaign
from orchestrator.services.campaign_progress import Progress
from orchestrator.services.segment import count_segment

app = typer.Typer(
    name="campaigns",
    help="Campaigns: list, show, count, forecast, start, pause, resume, stop.",
    rich_markup_mode=None,
)
BY = "command line"
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
Target = Annotated[
    str, typer.Argument(help="A YAML file that defines it, or the name or id of one that exists.")
]
Existing = Annotated[str, typer.Argument(help="The name or id of a campaign.")]
Cadence = Annotated[str | None, typer.Option(help="As in `cadences list`.")]
Segment = Annotated[str | None, typer.Option(help="A CEL condition over docs/reference/fields.md.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day where the firm works.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Contacts at most.")]
HeldOut = Annotated[float | None, typer.Option(help="Share of consumers who are left alone, 0 to 0.5.")]


@app.command("list", epilog="Example: duecourse campaigns list")
def list_campaigns(as_json: Json = False) -> None:
    """Every campaign, those that run first."""
    with open_runtime() as runtime:
        found = campaign.list_all(runtime.house)
    if as_json:
        terminal.say_json(found)
        return
    rows = [
        (one.name, one.state, one.definition.cadence, one.definition.segment, one.started_at, one.id)
        for one in found
    ]
    if not rows:
        terminal.note("no campaign yet: duecourse campaigns forecast FILE makes a draft")
    terminal.say_table("Campaigns", ("name", "state", "cadence", "segment", "started", "id"), rows)


@app.command(epilog="Example: duecourse campaigns show spring")
def show(key: Existing, as_json: Json = False) -> None:
    """How one stands: whom it reached, what waits and why."""
    with open_runtime() as runtime:
        progress = campaign_progress.read(runtime.house, key)
    if as_json:
        terminal.say_json(progress)
    else:
        tell_progress(progress)


@app.command(epilog="Example: duecourse campaigns count 'days_past_due > 30 && balance > 100.0'")
def count(
    segment: Annotated[str, typer.Argument(help="A CEL condition over docs/reference/fields.md.")],
    as_json: Json = False,
) -> None:
    """How many accounts a segment is about, with a sample."""
    with open_runtime() as runtime:
        counted = count_segment(runtime.house, segment)
    if as_json:
        terminal.say_json(counted)
        return
    terminal.say(
        f"{counted.accounts} accounts of {counted.consumers} consumers, {counted.elsewhere} of them in a cadence"
    )
    rows = [(one.account_id, one.consumer_id, one.creditor, one.days_past_due) for one in counted.sample]
    terminal.say_table("A sample", ("account", "consumer", "creditor", "days past due"), rows)


@app.command(epilog="Example: duecourse campaigns forecast spring.yaml")
def forecast(
    target: Target,
    cadence: Cadence = None,
    segment: Segment = None,
    starts_on: Day = None,
    ends_on: Day = None,
    hourly_limit: Limit = None,
    daily_limit: Limit = None,
    held_out_share: HeldOut = None,
    as_json: Json = False,
) -> None:
    """What it would do, by running the real policies ahead of time. Sends nothing; keeps the draft and the result."""
    given = options(cadence, segment, starts_on, ends_on, hourly_limit, daily_limit, held_out_share)
    with open_runtime() as runtime, terminal.progress_bar("forecasting") as bar:
        made = campaign_forecast.make(runtime.house, drafted(runtime, target, given).id, BY, bar)
    if as_json:
        terminal.say_json(made)
    else:
        tell_forecast(made)


@app.command(epilog="Example: duecourse campaigns start spring.yaml")
def start(
    target: Target,
    cadence: Cadence = None,
    segment: Segment = None,
    starts_on: Day = None,
    ends_on: Day = None,
    hourly_limit: Limit = None,
    daily_limit: Limit = None,
    held_out_share: HeldOut = None,
    as_json: Json = False,
) -> None:
    """Enrols everybody who fits and begins; a worker sends."""
    given = options(cadence, segment, starts_on, ends_on, hourly_limit, daily_limit, held_out_share)
    with open_runtime() as runtime, terminal.progress_bar("enrolling") as bar:
        started = campaign.start(runtime.house, drafted(runtime, target, given).id, BY, bar)
    if as_json:
        terminal.say_json(started)
        return
    terminal.say(
        f"{started.campaign.name} is {started.campaign.state}: {started.enrolled} accounts enrolled, "
        f"{started.held_out} held out, {started.elsewhere} stay in another enrollment"
    )


@app.command(epilog="Example: duecourse campaigns pause spring")
def pause(key: Existing, as_json: Json = False) -> None:
    """Keeps everything back until it is resumed; nothing of it leaves when this returns."""
    with open_runtime() as runtime:
        tell(campaign.pause(runtime.house, key, BY), as_json)


@app.command(epilog="Example: duecourse campaigns resume spring")
def resume(key: Existing, as_json: Json = False) -> None:
    """Goes on where it was; everything is judged again."""
    with open_runtime() as runtime:
        tell(campaign.resume(runtime.house, key, BY), as_json)


@app.command(epilog="Example: duecourse campaigns stop spring")
def stop(key: Existing, as_json: Json = False) -> None:
    """Ends it for good: no provider call of it starts after this returns."""
    with open_runtime() as runtime:
        tell(campaign.stop(runtime.house, key, BY), as_json)


def options(*given: object) -> dict[str, object]:
    """The parts of a definition that were given on the command line."""
    names = ("cadence", "segment", "starts_on", "ends_on", "hourly_limit", "daily_limit", "held_out_share")
    found = {name: value for name, value in zip(names, given, strict=True) if value is not None}
    return {name: value.date() if isinstance(value, datetime) else value for name, value in found.items()}


def drafted(runtime: Runtime, target: str, given: dict[str, object]) -> Campaign:
    """The campaign that is meant: of a file or of options, made or changed; else one that exists."""
    house, file = runtime.house, Path(target)
    known = existing(runtime, target)
    if file.is_file():
        definition = dataclasses.replace(campaign_file.load(file), **given)  # type: ignore[arg-type]  # checked next
        known = existing(runtime, definition.name)
    elif known is not None:
        definition = dataclasses.replace(known.definition, **given)  # type: ignore[arg-type]  # checked next
    elif "cadence" in given:
        definition = Definition(name=target, **given)  # type: ignore[arg-type]  # checked by the service
    else:
        raise UsageError(
            f"there is no file and no campaign {target!r}",
            where="TARGET",
            hint="or give --cadence to define one",
        )
    if known is None:
        return campaign.create(house, definition, BY)
    if known.definition == definition or known.state is not CampaignState.DRAFT:
        return known
    return campaign.change(house, known.id, definition, BY)


def existing(runtime: Runtime, key: str) -> Campaign | None:
    try:
        return campaign.find(runtime.house, key)
    except UnknownReference:
        return None


# words


def tell(one: Campaign, as_json: bool) -> None:
    if as_json:
        terminal.say_json(one)
    else:
        terminal.say(f"{one.name} is {one.state}")


def tell_forecast(made: Forecast) -> None:
    terminal.say(
        f"{made.total.accounts} accounts of {made.total.consumers} consumers, in {made.took_s:.1f} s"
    )
    rows = [
        (str(outcome), made.counts[outcome].accounts, made.counts[outcome].consumers) for outcome in Outcome
    ]
    terminal.say_table("First contact", ("outcome", "accounts", "consumers"), rows)
    terminal.say_table(
        "By channel",
        ("channel", "now", "later", "contacts", "cost"),
        [
            (
                one.channel, one.now, one.later, one.contacts,
                "no price set" if one.cost is None else f"{one.cost} {one.currency}",
            )
            for one in made.channels
        ],
    )  # fmt: skip
    terminal.say_table(
        "By day (local dates of the consumers)",
        ("day", "become allowed", "expected", "waiting"),
        [(one.on, one.allowed, one.expected, one.waiting) for one in made.days],
    )
    terminal.say_table(
        "By rule",
        ("outcome", "rule", "accounts", "found", "citation"),
        [(str(one.outcome), one.rule, one.accounts, one.found, one.citation) for one in made.rules],
    )
    terminal.say("a forecast is no permit: each contact is judged again when it is sent")


def tell_progress(read: Progress) -> None:
    one, reached = read.campaign, read.enrolled
    terminal.say(f"{one.name} is {one.state}; cadence {one.definition.cadence}")
    for verb in ("started", "paused", "resumed", "stopped"):
        at = getattr(one, f"{verb}_at")
        if at is not None:
            terminal.say(f"{verb} {at:%Y-%m-%d %H:%M} UTC by {getattr(one, f'{verb}_by')}")
    money = ", ".join(
        f"{amount} minor units of {code}" for code, amount in sorted(reached.paid_minor.items())
    )
    terminal.say(
        f"{reached.accounts} accounts enrolled, {read.held_out.accounts} held out; {reached.contacted} contacted, "
        f"{reached.delivered} delivered, {reached.answered} answered, {reached.promised} promised, {reached.paid} paid"
        f"{f' ({money})' if money else ''}; {read.sent} contacts sent, {read.unknown} of unknown outcome"
    )
    rows = [(str(line.why), line.rule, line.accounts, line.citation, line.first_at) for line in read.standing]
    terminal.say_table("Where the accounts stand", ("why", "rule", "accounts", "citation", "looked at"), rows)
