"""Access tokens: short-lived JWTs signed with the stack's secret."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from app.settings import Settings

_ALGORITHM = "HS256"
_TYPE = "at+jwt"
_ISSUER = "todo"
_AUDIENCE = "todo-api"
_REQUIRED = ["sub", "iss", "aud", "iat", "nbf", "exp"]


class InvalidTokenError(Exception):
    """The token is expired, forged, or no access token at all."""


def issue_access_token(settings: Settings, user_id: uuid.UUID) -> str:
    """Sign a token for one user that ends after `access_token_seconds`."""
    now = datetime.now(UTC)
    claims = {
        "sub": str(user_id),
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(seconds=settings.access_token_seconds),
    }
    secret = settings.jwt_secret.get_secret_value()
    return jwt.encode(claims, secret, _ALGORITHM, headers={"kid": _key_id(secret), "typ": _TYPE})


def read_access_token(settings: Settings, token: str) -> uuid.UUID:
    """Return the user of a token. Raises `InvalidTokenError` for any token this stack would not have issued."""
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
        if header.get("typ") != _TYPE:
            raise InvalidTokenError("not an access token")
        claims = jwt.decode(
            token,
            _keys(settings)[header["kid"]],
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": _REQUIRED},
        )
        return uuid.UUID(claims["sub"])
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
        raise InvalidTokenError("not a token of this stack") from error


def _keys(settings: Settings) -> dict[str, str]:
    secrets = [settings.jwt_secret, settings.jwt_secret_previous]
    return {_key_id(s.get_secret_value()): s.get_secret_value() for s in secrets if s}


def _key_id(secret: str) -> str:
    return hashlib.sha256(b"key id " + secret.encode()).hexdigest()[:16]
