"""What goes in and out of the account endpoints."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from app.schemas import Input

# Nobody is mailed, so an address only has to look like one. Anything stricter refuses people on private domains.
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$"
    ),
]
NewPassword = Annotated[SecretStr, Field(min_length=8, max_length=128)]


class SignUp(Input):
    """A new account."""

    email: Email
    password: NewPassword


class SignIn(Input):
    """Proof of who is calling."""

    email: Email
    password: Annotated[SecretStr, Field(max_length=128)]


class UserOut(BaseModel):
    """An account as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    email: str
    created_at: datetime


class SessionOut(BaseModel):
    """A browser that is signed in."""

    id: uuid.UUID
    current: bool
    """Is it the caller's own?"""
    refreshed_at: datetime
    """When it was last heard of, to a quarter of an hour."""
    expires_at: datetime


class Token(BaseModel):
    """The access token is sent as `Authorization: Bearer <access_token>`; the refresh token gets the next pair."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int
    """Seconds."""
    refresh_token: str
    refresh_expires_in: int
    """Seconds. Less if the session ends earlier."""


class Refresh(Input):
    """The last refresh token. It is good for one exchange, and for another if its answer gets lost."""

    refresh_token: Annotated[str, Field(max_length=4096)]


class ChangePassword(Input):
    """The old password is the proof that it is the owner who asks."""

    current_password: Annotated[SecretStr, Field(max_length=128)]
    new_password: NewPassword


class DeleteAccount(Input):
    """The password is the proof that it is the owner who asks."""

    password: Annotated[SecretStr, Field(max_length=128)]
