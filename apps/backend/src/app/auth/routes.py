"""Account endpoints."""

import uuid

from fastapi import APIRouter, Request

from app.auth import refreshing, service, sessions, throttle
from app.auth.dependencies import CallerDep, CurrentUser, SettingsDep
from app.auth.models import User
from app.auth.schemas import (
    ChangePassword,
    DeleteAccount,
    Refresh,
    SessionOut,
    SignIn,
    SignUp,
    Token,
    UserOut,
    UserUpdate,
)
from app.database import SessionDep

_MOST_OF_DEVICE = 200
router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/signup", status_code=201, response_model=UserOut)
async def sign_up(body: SignUp, request: Request, database: SessionDep) -> User:
    """Create an account."""
    address = _address(request)
    await throttle.count_sign_up(database, address=address)
    async with throttle.counting_no_busy_sign_up(database, address=address):
        return await service.sign_up(database, email=body.email, password=body.password)


@router.post("/signin")
async def sign_in(body: SignIn, request: Request, database: SessionDep, settings: SettingsDep) -> Token:
    """Exchange email and password for tokens."""
    address = _address(request)
    await throttle.count_sign_in(database, email=body.email, address=address)
    async with throttle.counting_no_busy_sign_in(database, email=body.email, address=address):
        user = await service.sign_in(database, email=body.email, password=body.password)
    await throttle.forget_sign_in(database, email=body.email, address=address)
    return await sessions.begin_session(database, settings, user_id=user.id, device=_device(request))


@router.post("/refresh")
async def refresh(body: Refresh, database: SessionDep, settings: SettingsDep) -> Token:
    """Exchange a refresh token for new tokens. A token that is used again ends its session.

    It may be used again as long as the new tokens were not used, as if their answer got lost.
    """
    return await refreshing.refresh_session(database, settings, refresh_token=body.refresh_token)


@router.post("/signout", status_code=204)
async def sign_out(caller: CallerDep, database: SessionDep) -> None:
    """End the session: its tokens are worthless from now on."""
    await sessions.end_session(database, session_id=caller.session_id)


@router.post("/signout-everywhere", status_code=204)
async def sign_out_everywhere(user: CurrentUser, database: SessionDep) -> None:
    """End all sessions of the caller, this one too."""
    await sessions.end_all_sessions(database, user_id=user.id)


@router.get("/sessions")
async def read_sessions(caller: CallerDep, database: SessionDep) -> list[SessionOut]:
    """Return the caller's sessions, the one last refreshed first."""
    rows = await sessions.list_sessions(database, user_id=caller.user.id)
    return [
        SessionOut(
            id=row.id,
            current=row.id == caller.session_id,
            device=row.device,
            refreshed_at=row.refreshed_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]


@router.delete("/sessions/{session_id:uuid}", status_code=204)
async def end_session(session_id: uuid.UUID, user: CurrentUser, database: SessionDep) -> None:
    """End one session of the caller, say on a device that got lost."""
    await sessions.end_one_of(database, user_id=user.id, session_id=session_id)


@router.post("/password", status_code=204)
async def change_password(body: ChangePassword, caller: CallerDep, database: SessionDep) -> None:
    """Change the password. All other sessions end."""
    await service.change_password(
        database,
        user=caller.user,
        session_id=caller.session_id,
        current=body.current_password,
        new=body.new_password,
    )


@router.post("/delete-account", status_code=204)
async def delete_account(body: DeleteAccount, caller: CallerDep, database: SessionDep) -> None:
    """Delete the account and all its todos, for good."""
    await service.delete_account(database, user=caller.user, session_id=caller.session_id, password=body.password)


@router.get("/me", response_model=UserOut)
async def read_me(user: CurrentUser) -> User:
    """Return the caller's account."""
    return user


@router.patch("/me", response_model=UserOut)
async def edit_me(body: UserUpdate, user: CurrentUser, database: SessionDep) -> User:
    """Change the caller's account."""
    return await service.edit_account(database, user=user, changes=body.model_dump(exclude_unset=True))


def _device(request: Request) -> str:
    name = request.headers.get("user-agent", "")
    return "".join(letter for letter in name if letter.isprintable())[:_MOST_OF_DEVICE]


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
