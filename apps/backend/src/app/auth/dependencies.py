"""Who is calling?"""

import uuid
from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.auth.models import User
from app.auth.refreshing import confirm_use
from app.auth.sessions import find_session_user
from app.auth.tokens import InvalidTokenError, TokenContent, read_access_token
from app.database import SessionDep
from app.problems import Problem
from app.settings import Settings

_bearer = HTTPBearer(auto_error=False, description="The `access_token` of a sign-in.")


async def _settings(request: Request) -> Settings:
    # Not async, it would cost each request a change of threads.
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(_settings)]


async def _access_token(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> TokenContent:
    if credentials is None:
        raise _unauthorized("Sign in first and send the token as 'Authorization: Bearer <token>'.", "")
    try:
        content = read_access_token(request.app.state.settings, credentials.credentials)
    except InvalidTokenError as error:
        raise _unauthorized("The access token is expired or not valid. Refresh it or sign in again.") from error
    structlog.contextvars.bind_contextvars(user_id=str(content.user_id))
    # With this header the frontend uses the token before the browser has it: the answer may still get lost.
    if "x-session-renewed" not in request.headers:
        await confirm_use(request.app.state.sessions, content)
    return content


async def read_access(request: Request) -> TokenContent:
    """Return what `AccessTokenDep` gives, for whoever reads the request without FastAPI."""
    return await _access_token(request, await _bearer(request))


AccessTokenDep = Annotated[TokenContent, Depends(_access_token)]
"""What the caller's access token says. 401 without a valid one. Its session may be over: whoever takes this looks."""


def session_over() -> Problem:
    """Return the 401 for a token whose session is over."""
    return _unauthorized("The session of this access token is over. Sign in again.")


@dataclass(frozen=True)
class Caller:
    """Who is calling, from which session."""

    user: User
    session_id: uuid.UUID


async def _caller(database: SessionDep, content: AccessTokenDep) -> Caller:
    user = await find_session_user(database, content)
    if user is None:
        raise session_over()
    return Caller(user, content.session_id)


def _unauthorized(detail: str, error: str = ' error="invalid_token"') -> Problem:
    return Problem(401, "unauthorized", detail, {"WWW-Authenticate": f"Bearer{error}"})


CallerDep = Annotated[Caller, Depends(_caller)]
"""The caller with the session. 401 without a valid access token."""


async def _current_user(caller: CallerDep) -> User:
    return caller.user


CurrentUser = Annotated[User, Depends(_current_user)]
"""The caller's account. 401 without a valid access token."""
