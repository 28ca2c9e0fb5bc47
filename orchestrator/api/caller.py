"""Who calls: an API key in `Authorization: Bearer`, its role, and the permission that the route asks for."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from orchestrator.bootstrap import Runtime
from orchestrator.domain.permission import Permission, Role, allows, roles_with
from orchestrator.errors import AccessError, AuthenticationError

bearer = HTTPBearer(
    auto_error=False, scheme_name="api_key", description="a key made by `duecourse api-keys add`"
)


class Caller(msgspec.Struct, frozen=True):
    """A key that is valid now."""

    key_id: str
    name: str
    role: Role


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def identify(runtime: Runtime, token: str | None) -> Caller:
    """The caller behind `token`; missing, unknown and revoked ones get the same answer."""
    key = runtime.api_keys.find(token) if token else None
    if key is None:
        raise AuthenticationError(
            "this needs a valid API key",
            hint="send it as Authorization: Bearer; duecourse api-keys add makes one",
        )
    return Caller(key_id=key.id, name=key.name, role=Role(key.role))


class Allow:
    """A dependency: the caller, if its role has `permission`. A test reads it from every route."""

    def __init__(self, permission: Permission):
        self.permission = permission

    def __call__(
        self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Caller:
        caller = identify(runtime_of(request), given.credentials if given else None)
        if not allows(caller.role, self.permission):
            may = ", ".join(roles_with(self.permission))
            raise AccessError(
                f"the role {caller.role} may not do this", hint=f"{self.permission} is for: {may}"
            )
        return caller


class Public:
    """A dependency that says in so many words: no key is asked for here."""

    permission = Permission.PUBLIC

    def __call__(self) -> None:
        return None


PUBLIC = Public()
CanCheck = Annotated[Caller, Depends(Allow(Permission.CHECK))]
CanContact = Annotated[Caller, Depends(Allow(Permission.CONTACT))]
CanReserve = Annotated[Caller, Depends(Allow(Permission.RESERVE))]
CanRead = Annotated[Caller, Depends(Allow(Permission.READ))]
CanRecord = Annotated[Caller, Depends(Allow(Permission.RECORD))]
CanEnroll = Annotated[Caller, Depends(Allow(Permission.ENROLL))]
CanImport = Annotated[Caller, Depends(Allow(Permission.IMPORT))]
CanCampaign = Annotated[Caller, Depends(Allow(Permission.CAMPAIGN))]
CanStop = Annotated[Caller, Depends(Allow(Permission.STOP))]
CanReadPolicies = Annotated[Caller, Depends(Allow(Permission.POLICY))]
CanAudit = Annotated[Caller, Depends(Allow(Permission.AUDIT))]
CanAdminister = Annotated[Caller, Depends(Allow(Permission.ADMINISTER))]
CanReview = Annotated[Caller, Depends(Allow(Permission.REVIEW))]
TheRuntime = Annotated[Runtime, Depends(runtime_of)]
