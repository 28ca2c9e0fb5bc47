"""What a simulation writes down, as the files that others read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from channels.simulator.act import instant_text
from orchestrator.engine.house import House
from orchestrator.engine.record import Decided

REACHED = frozenset({"delivered", "read", "conversation", "voicemail"})
"""Receipts that mean somebody was reached; of a letter, that it was sent."""


@dataclass(slots=True)
class Log:
    """Lines in the order they came."""

    receipts: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    decided: list[tuple[dict[str, Any], str | None]] = field(default_factory=list)

    def decide(self, one: Decided) -> None:
        """Keep one decision; its address is filled in at the end."""
        proposal, verdict = one.judged.proposal, one.judged.verdict
        line = {
            "at": instant_text(one.at),
            "attempt_id": one.attempt_id,
            "consumer_id": proposal.consumer_id,
            "account_ids": list(proposal.account_ids),
            "channel": proposal.channel,
            "address": None,
            "decision": verdict.decision.value,
            "rules": [rule.id for rule in verdict.rules],
            "citations": [rule.citation for rule in verdict.rules if rule.citation],
            "retry_at": instant_text(verdict.retry_at) if verdict.retry_at is not None else None,
            "content_digest": one.content_digest,
            "policy_digest": verdict.policy_digest,
        }
        self.decided.append((line, proposal.contact_point_id))

    def decision_lines(self, house: House) -> list[dict[str, Any]]:
        """The decisions with the addresses of their contact points."""
        with house.database.read(house.clock) as unit:
            points = {row[0]: row[1] for row in unit.query("SELECT id, value_sealed FROM contact_point")}
        opened: dict[str, str] = {}
        for line, point_id in self.decided:
            if point_id is not None and point_id in points:
                if point_id not in opened:
                    opened[point_id] = house.sealer.open(points[point_id])
                line["address"] = opened[point_id]
        return [line for line, _ in self.decided]


def write_lines(path: Path, lines: Sequence[dict[str, Any]]) -> None:
    """JSON lines, oldest first; lines of one instant keep their order."""
    ordered = sorted(lines, key=lambda line: line["at"])
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in ordered))


def summarize(consumers: int, log: Log, decisions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts by channel, decision, rule and outcome, and how many consumers were reached."""
    reached = {
        str(line["consumer_id"])
        for line in log.receipts
        if line["outcome"] in REACHED or (line["channel"] == "letter" and line["outcome"] == "sent")
    }
    outcomes: dict[str, Counter[str]] = {}
    for line in log.receipts:
        outcomes.setdefault(str(line["channel"]), Counter())[str(line["outcome"])] += 1
    return {
        "consumers": consumers,
        "contacts": len(log.receipts),
        "channels": _sorted(Counter(str(line["channel"]) for line in log.receipts)),
        "decisions": _sorted(Counter(line["decision"] for line in decisions)),
        "rules": _sorted(Counter(rule for line in decisions for rule in line["rules"])),
        "outcomes": {channel: _sorted(counts) for channel, counts in sorted(outcomes.items())},
        "events": _sorted(Counter(str(line["kind"]) for line in log.events)),
        "reached": len(reached),
        "reached_share": round(len(reached) / consumers, 4) if consumers else 0.0,
    }


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
