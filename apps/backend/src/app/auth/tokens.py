"""Tokens: JWTs signed with the stack's secret, short-lived ones for access and long-lived ones to refresh those."""

import hashlib
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt

from app.auth.schemas import Token
from app.settings import Settings

_ALGORITHM = "HS256"
_ACCESS = "at+jwt"
_REFRESH = "rt+jwt"
_ISSUER = "todo"
_AUDIENCE = "todo-api"
_LEEWAY_SECONDS = 30
"""How far the clocks of two pods may be apart."""
_REQUIRED = ["sub", "sid", "gen", "iss", "aud", "iat", "nbf", "exp"]


class InvalidTokenError(Exception):
    """The token is expired, forged, or of the wrong kind."""


@dataclass(frozen=True)
class TokenContent:
    """What a token says."""

    user_id: uuid.UUID
    session_id: uuid.UUID
    generation: int
    """Number of the refresh token within its session."""


def issue_tokens(settings: Settings, content: TokenContent) -> Token:
    """Sign a pair of tokens."""
    return Token(
        access_token=_sign(settings, content, _ACCESS, settings.access_token_seconds),
        expires_in=settings.access_token_seconds,
        refresh_token=_sign(settings, content, _REFRESH, settings.refresh_token_seconds),
        refresh_expires_in=settings.refresh_token_seconds,
    )


def read_access_token(settings: Settings, token: str) -> TokenContent:
    """Raises `InvalidTokenError` for anything but a valid access token of this stack."""
    return _read(settings, token, _ACCESS)


def read_refresh_token(settings: Settings, token: str) -> TokenContent:
    """Raises `InvalidTokenError` for anything but a valid refresh token of this stack."""
    return _read(settings, token, _REFRESH)


def _sign(settings: Settings, content: TokenContent, kind: str, seconds: int) -> str:
    now = datetime.now(UTC)
    claims = {
        "sub": str(content.user_id),
        "sid": str(content.session_id),
        "gen": content.generation,
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(seconds=seconds),
    }
    secret = settings.jwt_secret.get_secret_value()
    return jwt.encode(claims, secret, _ALGORITHM, headers={"kid": _key_id(secret), "typ": kind})


def _read(settings: Settings, token: str, kind: str) -> TokenContent:
    content, expires = _verify(token, kind, _secrets(settings))
    if expires + _LEEWAY_SECONDS <= time.time():
        raise InvalidTokenError("expired")
    return content


# Each request of a session brings the same token, and checking it takes as long as asking the database for the session.
# Only good tokens are remembered, and what can change is checked each time: the secrets, the end, the session.
@lru_cache(maxsize=1000)
def _verify(token: str, kind: str, secrets: tuple[str, ...]) -> tuple[TokenContent, int]:
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
        if header.get("typ") != kind:
            raise InvalidTokenError("wrong kind of token")
        claims = jwt.decode(
            token,
            {_key_id(secret): secret for secret in secrets}[header["kid"]],
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            leeway=_LEEWAY_SECONDS,
            options={"require": _REQUIRED},
        )
        content = TokenContent(uuid.UUID(claims["sub"]), uuid.UUID(claims["sid"]), int(claims["gen"]))
        return content, int(claims["exp"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
        raise InvalidTokenError("not a token of this stack") from error


def _secrets(settings: Settings) -> tuple[str, ...]:
    secrets = [settings.jwt_secret, settings.jwt_secret_previous, settings.jwt_secret_next]
    return tuple(secret.get_secret_value() for secret in secrets if secret)


def _key_id(secret: str) -> str:
    return hashlib.sha256(b"key id " + secret.encode()).hexdigest()[:16]
