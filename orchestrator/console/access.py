"""Who looks at a page: the session cookie, the permission that the page asks for, and that a form is our own.

A page names its permission with `May`, which also checks every method that changes something: the token of the session
in the field `csrf` or the header `X-CSRF-Token`, and that the browser says the request comes from our own pages. So no
page can forget it. `Anyone` does the same for guests, whose token hangs on a cookie that the sign-in page gives.

The cookie is `Lax` and not `Strict`: a link in an e-mail would otherwise lead people who are signed in to the sign-in
page. GET changes nothing, so what `Lax` lets through does no harm.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Annotated
from urllib.parse import quote

import msgspec
from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from orchestrator.console import language
from orchestrator.console.cookie import LANGUAGE_COOKIE, guest_cookie, runtime_of, session_token, set_cookie
from orchestrator.console.own_form import ensure_own_form
from orchestrator.console.place import SAFE_METHODS, SIGN_IN, place_of
from orchestrator.domain.permission import Permission, Role, allows, roles_with
from orchestrator.domain.user import Preferences
from orchestrator.errors import AccessError, AuthenticationError, UnavailableError
from orchestrator.services.sign_in import session_of
from orchestrator.store.user_session import Kept

OWN_PAGE = "/me"


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks at this page, and the token that its forms carry; a guest has no id and no role."""

    user_id: str = ""
    name: str = ""
    display_name: str = ""
    role: Role | None = None
    preferences: Preferences
    csrf: str
    must_change_password: bool = False

    @property
    def is_signed_in(self) -> bool:
        return self.role is not None

    def may(self, permission: Permission | str) -> bool:
        """Whether a part of a page is shown to this visitor."""
        wanted = Permission(permission)
        return wanted is Permission.PUBLIC if self.role is None else allows(self.role, wanted)

    @property
    def actor(self) -> str:
        """Names the visitor in what is recorded."""
        return f"user:{self.user_id}"

    @property
    def language(self) -> str:
        return self.preferences.language

    @property
    def time_zone(self) -> str:
        return self.preferences.time_zone

    @property
    def theme(self) -> str:
        return self.preferences.theme

    @property
    def density(self) -> str:
        return self.preferences.density

    @property
    def single_keys(self) -> bool:
        return self.preferences.single_keys


class SignInNeeded(AuthenticationError):  # noqa: N818 - the name says what it is
    """The visitor has to go elsewhere first: to sign in, or to choose a password of their own. See `to_sign_in`."""

    def __init__(self) -> None:
        super().__init__("sign in first", hint=SIGN_IN)


class RoleMissingError(AccessError):
    """The visitor's role may not do this; `roles` may."""

    def __init__(self, visitor: Visitor, permission: Permission):
        self.visitor, self.permission, self.roles = visitor, permission, roles_with(permission)
        super().__init__(
            f"the role {visitor.role} may not do this",
            code="role_missing",
            hint=f"it is for {', '.join(self.roles)}",
        )


class May:
    """A dependency: the visitor, if their role has `permission`. A test reads it from every route."""

    def __init__(self, permission: Permission):
        self.permission = permission

    async def __call__(self, request: Request) -> Visitor:
        visitor = await run_in_threadpool(find_visitor, request)
        request.state.visitor = visitor
        if not visitor.is_signed_in:
            raise SignInNeeded
        if request.method not in SAFE_METHODS:
            await ensure_own_form(request, visitor.csrf)
        if visitor.must_change_password and self.permission is not Permission.SELF:
            raise SignInNeeded
        if not visitor.may(self.permission):
            raise RoleMissingError(visitor, self.permission)
        return visitor


class Anyone:
    """A dependency for pages that need no sign-in; what changes something must still come from our own pages."""

    permission = Permission.PUBLIC

    async def __call__(self, request: Request) -> Visitor:
        visitor = await run_in_threadpool(find_visitor, request)
        request.state.visitor = visitor
        if request.method not in SAFE_METHODS:
            await ensure_own_form(request, visitor.csrf)
        return visitor


def reader_of(request: Request) -> Visitor:
    """Who reads an answer that came without `May` or before it was done: an error page looks like the others."""
    known: Visitor | None = getattr(request.state, "visitor", None)
    if known is not None:
        return known
    try:
        return find_visitor(request)
    except UnavailableError:
        return guest(request)


def find_visitor(request: Request) -> Visitor:
    """The person behind the cookie, else a guest."""
    # should the database be away, nobody asks it again for this request
    request.state.visitor = guest(request)
    session = session_of(runtime_of(request).house, session_token(request))
    return request.state.visitor if session is None else visitor_of(session)


def visitor_of(session: Kept) -> Visitor:
    user = session.user
    return Visitor(
        user_id=user.id,
        name=user.name,
        display_name=user.display_name,
        role=user.role,
        preferences=user.preferences,
        csrf=session.csrf,
        must_change_password=user.must_change_password,
    )


def to_sign_in(request: Request) -> Response:
    """Sends a visitor to sign in and back, or, with a password that was given out, to the page that changes it."""
    where = OWN_PAGE if reader_of(request).is_signed_in else SIGN_IN
    location = f"{where}?next={quote(place_of(request), safe='')}"
    if "HX-Request" in request.headers:
        # a part of a page cannot become the sign-in page: htmx leaves the page instead
        return Response(status_code=401, headers={"HX-Redirect": location})
    return RedirectResponse(location, status_code=303)


async def is_still_here(request: Request) -> bool:
    """Whether the session of a page that stays open (live figures) still is; asking does not prolong it."""
    house, token = runtime_of(request).house, session_token(request)
    return await run_in_threadpool(session_of, house, token, touch=False) is not None


def guest(request: Request) -> Visitor:
    """Somebody who is not signed in, in the language they chose or their browser asks for first."""
    reads = language.closest(
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        language.preferred(request.headers.get("Accept-Language")),
    )
    chosen = Preferences(language="zh" if reads == "zh" else "en")
    return Visitor(preferences=chosen, csrf=guest_csrf(request, guest_nonce(request)))


def guest_nonce(request: Request) -> str:
    """What ties the sign-in form to this browser: the cookie that `keep_guest` gives, or one for it to give."""
    nonce: str | None = getattr(request.state, "guest_nonce", None) or request.cookies.get(
        guest_cookie(request)
    )
    request.state.guest_nonce = nonce or secrets.token_urlsafe(18)
    return str(request.state.guest_nonce)


def guest_csrf(request: Request, nonce: str) -> str:
    key = runtime_of(request).house.sealer.ring.reference_key
    return hmac.new(key, b"guest form\x1f" + nonce.encode(), hashlib.sha256).hexdigest()


def keep_guest(request: Request, response: Response) -> None:
    """Hands a guest's browser the other half of the token in the form; each answer with a sign-in form needs it."""
    set_cookie(request, response, guest_cookie(request), guest_nonce(request), None)


MayManageSelf = Annotated[Visitor, Depends(May(Permission.SELF))]
MayWork = Annotated[Visitor, Depends(May(Permission.WORK))]
MayRead = Annotated[Visitor, Depends(May(Permission.READ))]
MayCheck = Annotated[Visitor, Depends(May(Permission.CHECK))]
MayContact = Annotated[Visitor, Depends(May(Permission.CONTACT))]
MayRecord = Annotated[Visitor, Depends(May(Permission.RECORD))]
MayCampaign = Annotated[Visitor, Depends(May(Permission.CAMPAIGN))]
MayStop = Annotated[Visitor, Depends(May(Permission.STOP))]
MayReview = Annotated[Visitor, Depends(May(Permission.REVIEW))]
MayReadPolicy = Annotated[Visitor, Depends(May(Permission.POLICY))]
MayAudit = Annotated[Visitor, Depends(May(Permission.AUDIT))]
MayAdminister = Annotated[Visitor, Depends(May(Permission.ADMINISTER))]
AVisitor = Annotated[Visitor, Depends(Anyone())]
