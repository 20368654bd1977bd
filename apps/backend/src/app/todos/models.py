"""Table of the todos."""

import uuid
from datetime import date, datetime, time
from typing import Literal

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Double,
    FetchedValue,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    Time,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base
from app.todos.recurrence import WORDS


class Todo(Base):
    """One thing to do, of one user."""

    __tablename__ = "todos"
    __table_args__ = (
        Index("todos_of_owner", "owner_id", "created_at", "id"),
        Index("todos_in_trash", "owner_id", "deleted_at", "id", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text, server_default="")
    done: Mapped[bool] = mapped_column(Boolean, default=False)
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    due_date: Mapped[date | None] = mapped_column(Date)
    due_time: Mapped[time | None] = mapped_column(Time)
    """Where the owner is. Only with a due date."""
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    recurrence_word: Mapped[str | None] = mapped_column("recurrence", Text)
    """One of the four rules that the first releases knew, by their word. It counts more than `repeat_rule`."""
    repeat_rule: Mapped[str | None] = mapped_column(Text)
    repeat_from: Mapped[Literal["due", "done"]] = mapped_column(Text, server_default="due")
    anchor_day: Mapped[int | None] = mapped_column(SmallInteger)
    """Day of the month that a repeating todo is meant for, which the month of its due date may not have."""
    successor_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """The todo that was added when this one was completed, or left its series. It may be gone."""
    position: Mapped[float] = mapped_column(Double, server_default=text("extract(epoch from clock_timestamp())"))
    """Where the owner put it: higher comes first. A new todo gets the current time in seconds."""
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    """Counts the changes."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Set on deletion: since then it is in the trash."""
    search_text: Mapped[str | None] = mapped_column(Text, FetchedValue(), deferred=True)
    """What the search looks at. A trigger keeps it; it is empty for todos that were there before it."""
    json: Mapped[str | None] = mapped_column(Text, FetchedValue(), deferred=True)
    """What lists show, as JSON. A trigger keeps it; it is empty for todos that were there before it."""

    @property
    def recurrence(self) -> str | None:
        """The rule of RFC 5545 by which it repeats."""
        return f"FREQ={self.recurrence_word.upper()}" if self.recurrence_word else self.repeat_rule

    @recurrence.setter
    def recurrence(self, rule: str | None) -> None:
        word = (rule or "").removeprefix("FREQ=").lower()
        self.recurrence_word = word if word in WORDS else None
        self.repeat_rule = None if self.recurrence_word else rule
