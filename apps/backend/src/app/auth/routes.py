"""Account endpoints."""

from fastapi import APIRouter

from app.auth import service
from app.auth.dependencies import CurrentUser, SettingsDep
from app.auth.models import User
from app.auth.schemas import SignIn, SignUp, Token, UserOut
from app.auth.tokens import issue_access_token
from app.database import SessionDep

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/signup", status_code=201, response_model=UserOut)
async def sign_up(body: SignUp, session: SessionDep) -> User:
    """Create an account."""
    return await service.sign_up(session, email=body.email, password=body.password)


@router.post("/signin")
async def sign_in(body: SignIn, session: SessionDep, settings: SettingsDep) -> Token:
    """Exchange email and password for an access token."""
    user = await service.sign_in(session, email=body.email, password=body.password)
    return Token(access_token=issue_access_token(settings, user.id), expires_in=settings.access_token_seconds)


@router.get("/me", response_model=UserOut)
async def read_me(user: CurrentUser) -> User:
    """Return the caller's account."""
    return user
