"""Account endpoints."""

import uuid

from fastapi import APIRouter, Request

from app.auth import service, sessions, throttle
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
async def sign_up(body: SignUp, request: Request, session: SessionDep) -> User:
    """Create an account."""
    address = _address(request)
    await throttle.count_sign_up(session, address=address)
    async with throttle.counting_no_busy_sign_up(session, address=address):
        return await service.sign_up(session, email=body.email, password=body.password)


@router.post("/signin")
async def sign_in(body: SignIn, request: Request, session: SessionDep, settings: SettingsDep) -> Token:
    """Exchange email and password for tokens."""
    address = _address(request)
    await throttle.count_sign_in(session, email=body.email, address=address)
    async with throttle.counting_no_busy_sign_in(session, email=body.email, address=address):
        user = await service.sign_in(session, email=body.email, password=body.password)
    await throttle.forget_sign_in(session, email=body.email, address=address)
    return await sessions.begin_session(session, settings, user_id=user.id, device=_device(request))


@router.post("/refresh")
async def refresh(body: Refresh, session: SessionDep, settings: SettingsDep) -> Token:
    """Exchange a refresh token for new tokens. A token that is used again ends its session.

    It may be used again as long as the new tokens were not used, as if their answer got lost.
    """
    return await sessions.refresh_session(session, settings, refresh_token=body.refresh_token)


@router.post("/signout", status_code=204)
async def sign_out(caller: CallerDep, session: SessionDep) -> None:
    """End the session: its tokens are worthless from now on."""
    await sessions.end_session(session, session_id=caller.session_id)


@router.post("/signout-everywhere", status_code=204)
async def sign_out_everywhere(user: CurrentUser, session: SessionDep) -> None:
    """End all sessions of the caller, this one too."""
    await sessions.end_all_sessions(session, user_id=user.id)


@router.get("/sessions")
async def read_sessions(caller: CallerDep, session: SessionDep) -> list[SessionOut]:
    """Return the caller's sessions, the one last refreshed first."""
    rows = await sessions.list_sessions(session, user_id=caller.user.id)
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
async def end_session(session_id: uuid.UUID, user: CurrentUser, session: SessionDep) -> None:
    """End one session of the caller, say on a device that got lost."""
    await sessions.end_one_of(session, user_id=user.id, session_id=session_id)


@router.post("/password", status_code=204)
async def change_password(body: ChangePassword, caller: CallerDep, session: SessionDep) -> None:
    """Change the password. All other sessions end."""
    await service.change_password(
        session,
        user=caller.user,
        session_id=caller.session_id,
        current=body.current_password,
        new=body.new_password,
    )


@router.post("/delete-account", status_code=204)
async def delete_account(body: DeleteAccount, user: CurrentUser, session: SessionDep) -> None:
    """Delete the account and all its todos, for good."""
    await service.delete_account(session, user=user, password=body.password)


@router.get("/me", response_model=UserOut)
async def read_me(user: CurrentUser) -> User:
    """Return the caller's account."""
    return user


@router.patch("/me", response_model=UserOut)
async def edit_me(body: UserUpdate, user: CurrentUser, session: SessionDep) -> User:
    """Change the caller's account."""
    return await service.edit_account(session, user=user, changes=body.model_dump(exclude_unset=True))


def _device(request: Request) -> str:
    name = request.headers.get("user-agent", "")
    return "".join(letter for letter in name if letter.isprintable())[:_MOST_OF_DEVICE]


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
