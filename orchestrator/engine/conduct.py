"""Simulated people's acts, brought to the engine the way they would come: as words, or as what an agent notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from channels.simulator.act import (
    ActKind,
    ConsumerAct,
    Scheduled,
    act_line,
    kind_in_log,
    log_line,
)
from orchestrator.domain import money
from orchestrator.domain.contact_value import KIND_OF_CHANNEL, normal
from orchestrator.engine.complaint import enter_complaint
from orchestrator.engine.consent import enter_call_back
from orchestrator.engine.dispute import enter_dispute
from orchestrator.engine.event import enter_conversation
from orchestrator.engine.hold import enter_hold, enter_representation
from orchestrator.engine.house import House
from orchestrator.engine.inbound import Heard, receive_one
from orchestrator.engine.money import enter_payment, enter_promise, enter_recall
from orchestrator.engine.point_learning import enter_point_state
from orchestrator.engine.stop import enter_cease, enter_opt_out
from orchestrator.engine.told import Told
from orchestrator.store import entry as rows
from orchestrator.store import inbound
from orchestrator.store.session import Session

_WRITTEN = frozenset({"sms", "email"})


@dataclass(slots=True)
class Conduct:
    """`log` takes each line of `events.jsonl`."""

    house: House
    log: Callable[[dict[str, object]], None]
    payments: dict[str, str] = field(default_factory=dict)

    def note(self, at: datetime, item: Scheduled) -> None:
        """A report that is somebody's doing (a bounce, a returned letter) goes into the log as well."""
        kind = kind_in_log(item)
        if kind is None or isinstance(item, ConsumerAct):
            return
        with self.house.database.read(self.house.clock) as unit:
            about = inbound.contacted(unit, item.attempt_id) if item.attempt_id is not None else None
        consumer_id, accounts = about if about is not None else ("", ())
        ids = tuple(msgspec.json.decode(accounts)) if isinstance(accounts, str) else tuple(accounts)
        line = log_line(
            kind,
            at,
            consumer_id=consumer_id,
            account_ids=ids,
            channel=item.channel.value,
            address=item.address,
        )
        self.log(line)

    def act(self, act: ConsumerAct, at: datetime) -> None:
        """Apply one act in one transaction, and log it with what it came to."""
        with self.house.database.write(self.house.clock) as unit:
            amount, done = self._apply(unit, act, at)
        self.log(act_line(done, at, amount))

    def _apply(self, unit: Session, act: ConsumerAct, at: datetime) -> tuple[str | None, ConsumerAct]:
        told = Told(at, f"simulated:{act.channel.value if act.channel else 'creditor'}", act.act_id)
        if act.text and act.channel is not None and act.address and act.channel.value in _WRITTEN:
            self._write(unit, act, at)
            if act.kind in {ActKind.OPT_OUT, ActKind.START, ActKind.REPLY}:
                return None, act
        if act.kind in {ActKind.PAYMENT, ActKind.PAYMENT_REVERSED, ActKind.PROMISE}:
            return self._money(unit, act, told)
        self._note(unit, act, told)
        return None, act

    def _write(self, unit: Session, act: ConsumerAct, at: datetime) -> None:
        message = Heard(
            provider="simulated",
            key=act.act_id,
            channel=act.channel.value if act.channel is not None else "sms",
            address=act.address or "",
            text=act.text,
            at=at,
            attempt_id=act.attempt_id,
        )
        receive_one(self.house, unit, message)

    def _money(self, unit: Session, act: ConsumerAct, told: Told) -> tuple[str | None, ConsumerAct]:
        account_id = act.account_ids[0]
        found = rows.account_of(unit, account_id)
        if found is None:
            return None, act
        balance, currency, _, _ = found
        minor = max(1, round(balance * (act.share or 1.0))) if balance else 0
        if act.kind is ActKind.PROMISE and act.promised_on is not None:
            enter_promise(self.house, unit, account_id, told, amount_minor=minor, due_on=act.promised_on)
        elif act.kind is ActKind.PAYMENT and minor:
            self.payments[account_id] = enter_payment(self.house, unit, account_id, told, amount_minor=minor)
        elif act.kind is ActKind.PAYMENT_REVERSED and account_id in self.payments:
            minor = rows.payment_amount(unit, self.payments[account_id])
            earlier = self.payments.pop(account_id)
            enter_payment(self.house, unit, account_id, told, amount_minor=minor, reversal_of=earlier)
        done = act
        if act.kind is ActKind.PAYMENT:
            done = msgspec.structs.replace(act, paid_in_full=minor >= balance)
        return str(money.to_major(minor, currency)), done

    def _note(self, unit: Session, act: ConsumerAct, told: Told) -> None:
        """What an agent notes after a call or a letter, or what the creditor says."""
        house, who = self.house, act.consumer_id
        first = act.account_ids[0] if act.account_ids else None
        if act.kind is ActKind.OPT_OUT:
            self._opt_out(unit, act, told)
        elif act.kind is ActKind.RECALL:
            for account_id in act.account_ids:
                enter_recall(house, unit, account_id, told, reason="recalled by the creditor")
        elif act.kind is ActKind.DISPUTE:
            enter_dispute(house, unit, who, told, account_id=first, form=_form(act))
        elif act.kind is ActKind.CEASE:
            form = (
                "electronic"
                if _channel(act) in _WRITTEN
                else "oral"
                if _channel(act) == "voice"
                else "written"
            )
            enter_cease(house, unit, who, told, form=form, via=_channel(act))
        elif act.kind is ActKind.COMPLAINT:
            enter_complaint(house, unit, who, told)
        elif act.kind is ActKind.ATTORNEY:
            enter_representation(house, unit, who, told)
        elif act.kind in {ActKind.BANKRUPTCY, ActKind.DECEASED}:
            enter_hold(house, unit, who, told, kind=act.kind.value)
        elif act.kind is ActKind.CALL_BACK_CONSENT and act.scope_date is not None:
            enter_call_back(
                house,
                unit,
                who,
                told,
                scope_date=act.scope_date,
                account_id=first,
                via=_channel(act) or "voice",
            )
        elif act.kind is ActKind.INBOUND_CALL:
            enter_conversation(house, unit, who, told, account_ids=list(act.account_ids))
        elif act.kind is ActKind.WRONG_PARTY:
            self._wrong_party(unit, act, told)

    def _opt_out(self, unit: Session, act: ConsumerAct, told: Told) -> None:
        value = self._index(act)
        enter_opt_out(
            self.house,
            unit,
            told,
            consumer_id=None if value is not None else act.consumer_id,
            value_index=value,
            channel=None if value is not None else _channel(act),
        )

    def _wrong_party(self, unit: Session, act: ConsumerAct, told: Told) -> None:
        value = self._index(act)
        for _, point_id in inbound.senders(unit, value) if value is not None else ():
            own = Told(told.at, told.source, f"{told.key}:{point_id}")
            enter_point_state(self.house, unit, point_id, own, kind="wrong_number", state="wrong_party")

    def _index(self, act: ConsumerAct) -> str | None:
        if act.channel is None or act.address is None:
            return None
        kind = KIND_OF_CHANNEL[act.channel.value]
        return self.house.sealer.index(kind, normal(kind, act.address))


def _channel(act: ConsumerAct) -> str | None:
    return act.channel.value if act.channel is not None else None


def _form(act: ConsumerAct) -> str:
    return {"sms": "unaccepted_electronic", "email": "accepted_electronic", "voice": "oral"}.get(
        _channel(act) or "", "mail"
    )
