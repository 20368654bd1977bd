"""Who is calling?"""

from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.auth import service
from app.auth.models import User
from app.auth.tokens import InvalidTokenError, read_access_token
from app.database import SessionDep
from app.problems import Problem
from app.settings import Settings

_bearer = HTTPBearer(auto_error=False, description="The `access_token` of a sign-in.")


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(_settings)]


async def _current_user(
    session: SessionDep,
    settings: SettingsDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> User:
    if credentials is None:
        raise _unauthorized("Sign in first and send the token as 'Authorization: Bearer <token>'.", "")
    try:
        user_id = read_access_token(settings, credentials.credentials)
    except InvalidTokenError as error:
        raise _unauthorized("The access token is expired or not valid. Sign in again.") from error
    user = await service.find_user(session, user_id)
    if user is None:
        raise _unauthorized("The account of this access token is gone.")
    structlog.contextvars.bind_contextvars(user_id=str(user.id))
    return user


def _unauthorized(detail: str, error: str = ' error="invalid_token"') -> Problem:
    return Problem(401, "unauthorized", detail, {"WWW-Authenticate": f"Bearer{error}"})


CurrentUser = Annotated[User, Depends(_current_user)]
"""The account of the access token. 401 without one."""
