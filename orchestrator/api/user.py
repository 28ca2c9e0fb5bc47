"""The people who sign in to the console, for administrators."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path
from pydantic import Field

from orchestrator.api.caller import CanAdminister, TheRuntime
from orchestrator.api.idempotency import IdempotentRoute
from orchestrator.api.listing import AskedSlice, Page, page_of
from orchestrator.api.resource import find
from orchestrator.api.schema import Body, Recorded, Short
from orchestrator.domain.permission import Role
from orchestrator.domain.user import User
from orchestrator.services import user as service
from orchestrator.store import listing
from orchestrator.store import tables as t

router = APIRouter(prefix="/api/v1/users", tags=["users"], route_class=IdempotentRoute)
UserId = Annotated[str, Path(max_length=200)]


class UserRecord(Body):
    """Somebody who is to sign in, by a word or an e-mail address."""

    name: Short
    role: Role
    display_name: Annotated[str, Field(max_length=200)] = ""


class RoleRecord(Body):
    role: Role


@router.get("")
def list_users(runtime: TheRuntime, _caller: CanAdminister, asked: AskedSlice) -> Page:
    """Everybody, disabled people too; never a password."""
    with runtime.database.read(runtime.clock) as unit:
        rows = listing.page(unit, t.UserAccount, after=asked.after, limit=asked.limit)
    return page_of(rows, asked)


@router.get("/{user_id}")
def show_user(runtime: TheRuntime, _caller: CanAdminister, user_id: UserId) -> dict[str, Any]:
    """One person."""
    return find(runtime, "users", t.UserAccount, user_id)


@router.post("", status_code=201)
def add_user(runtime: TheRuntime, caller: CanAdminister, body: UserRecord) -> Recorded:
    """Adds a person. `password` is shown this once; it has to be changed at the first sign-in."""
    given = service.add(
        runtime.house, body.name, body.role, by=f"key:{caller.name}", display_name=body.display_name
    )
    return Recorded(id=given.user.id, result={"name": given.user.name, "password": given.password})


@router.post("/{user_id}/disable")
def disable_user(runtime: TheRuntime, caller: CanAdminister, user_id: UserId) -> Recorded:
    """Signs a person out everywhere and lets them in no more; the last administrator stays."""
    return recorded(service.disable(runtime.house, user_id, by=f"key:{caller.name}"))


@router.post("/{user_id}/enable")
def enable_user(runtime: TheRuntime, caller: CanAdminister, user_id: UserId) -> Recorded:
    """Lets a disabled person sign in again."""
    return recorded(service.enable(runtime.house, user_id, by=f"key:{caller.name}"))


@router.post("/{user_id}/role")
def set_role(runtime: TheRuntime, caller: CanAdminister, user_id: UserId, body: RoleRecord) -> Recorded:
    """Gives a person another role and signs them out."""
    return recorded(service.set_role(runtime.house, user_id, body.role, by=f"key:{caller.name}"))


@router.post("/{user_id}/password")
def set_password(runtime: TheRuntime, caller: CanAdminister, user_id: UserId) -> Recorded:
    """A new password, shown this once, to be changed at the next sign-in; ends the person's sessions."""
    given = service.set_password(runtime.house, user_id, None, by=f"key:{caller.name}")
    return Recorded(id=given.user.id, result={"name": given.user.name, "password": given.password})


def recorded(user: User) -> Recorded:
    return Recorded(id=user.id, result=msgspec.to_builtins(user))
