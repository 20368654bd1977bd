"""What goes in and out of the account endpoints."""

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from app.schemas import OPTIONAL, Input
from app.zones import ZONE_NAME, find_zone

# Nobody is mailed, so an address only has to look like one. Anything stricter refuses people on private domains.
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$"
    ),
]


def _known(zone: str) -> str:
    if find_zone(zone) is None:
        raise ValueError("this time zone is not known here: send a name such as Europe/Berlin")
    return zone


ZoneName = Annotated[str, StringConstraints(pattern=ZONE_NAME), AfterValidator(_known)]
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
    time_zone: str
    created_at: datetime


class UserUpdate(Input):
    """What is to change of an account. A field that is not sent stays."""

    time_zone: Annotated[ZoneName, OPTIONAL] = ""


class SessionOut(BaseModel):
    """A browser that is signed in."""

    id: uuid.UUID
    current: bool
    """Is it the caller's own?"""
    device: str
    """What the browser called itself at the sign-in; "" if it did not say."""
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
