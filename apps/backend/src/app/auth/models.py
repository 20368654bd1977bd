"""Tables of the accounts."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class User(Base):
    """A person with an account."""

    __tablename__ = "users"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email: Mapped[str] = mapped_column(Text, unique=True)
    """In lower case."""
    password_hash: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text, server_default="UTC")
    """Where the person was last, such as Europe/Berlin."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Session(Base):
    """One signed-in browser. Its tokens are good only as long as this row is there."""

    __tablename__ = "sessions"
    __table_args__ = (Index("sessions_of_user", "user_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    generation: Mapped[int] = mapped_column(default=1)
    """Of the tokens that are good now. An older refresh token that turns up once they were used was stolen."""
    confirmed_generation: Mapped[int] = mapped_column(server_default="0")
    """Of the newest access token that was used."""
    refreshed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """The end, however often it is refreshed."""
    device: Mapped[str] = mapped_column(Text, server_default="")
    """What the browser called itself at the sign-in."""


class Throttle(Base):
    """How often something was tried in the current window."""

    __tablename__ = "throttles"
    __table_args__ = (Index("throttles_by_age", "since"),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    attempts: Mapped[int]
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
