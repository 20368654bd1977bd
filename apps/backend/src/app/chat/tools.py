"""What an assistant can do: the same as the API, for the signed-in user only. Deletions it can only ask for."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.chat import history
from app.chat.schemas import Changed, Confirm
from app.database import Reads
from app.problems import Problem
from app.schemas import Input, Paragraphs
from app.todos import listing, service
from app.todos.models import Todo
from app.todos.schemas import Day, NewTodo, Sort, Tag, TodoOut, TodoQuery, TodoUpdate
from app.zones import now_in

SHOWN = 50
"""Most todos in one list."""
MOST_DELETED = 100
_MOST_FOUND = 1000
_SHOWN_NOTES = 300
_TODOS = TypeAdapter(list[TodoOut])


class ListTodos(Input):
    """List the user's todos, 50 at a time. Long notes are shortened."""

    q: Annotated[Paragraphs, Field(max_length=200, description="Words, all of them in title, notes or tags")] = ""
    done: bool | None = None
    tag: Tag | None = None
    due_from: Day | None = None
    due_to: Day | None = None
    due: Literal["overdue", "today", "upcoming", "none"] | None = None
    sort: Sort = "-created_at"
    cursor: Annotated[str, Field(max_length=2000, description="`next_cursor` of the list before, for the next 50")] = ""


class ReadTodo(Input):
    """Read one todo with all of its notes."""

    id: uuid.UUID


class AddTodo(NewTodo):
    """Add one todo."""


class EditTodo(TodoUpdate):
    """Change fields of one todo. Set done to true to complete it. Read shortened notes before changing them."""

    id: uuid.UUID


class DeleteTodos(Input):
    """Ask the user whether these todos may be deleted. Nothing is deleted before the user has agreed."""

    ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=MOST_DELETED)]


TOOLS: dict[str, type[Input]] = {
    "list_todos": ListTodos,
    "read_todo": ReadTodo,
    "add_todo": AddTodo,
    "edit_todo": EditTodo,
    "delete_todos": DeleteTodos,
}


@dataclass(frozen=True)
class Outcome:
    """What a tool did: `told` is for the assistant, `event` for the user's screen."""

    told: Any
    event: Changed | Confirm | None = None


@dataclass(frozen=True)
class Found:
    """Some of the todos that were looked for, how many there are, and where the next ones begin ("" at the end)."""

    todos: list[TodoOut]
    total: int
    next_cursor: str


class Toolbox:
    """The tools, bound to one owner. The owner never comes from the assistant."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        reads: Reads,
        *,
        owner_id: uuid.UUID,
        zone: ZoneInfo,
        most_todos: int,
    ) -> None:
        self._sessions = sessions
        self._reads = reads
        self.owner_id = owner_id
        self._zone = zone
        self._most = most_todos
        self._read: set[uuid.UUID] = set()

    @property
    def now(self) -> datetime:
        """What calendar and clock of the user say."""
        return now_in(self._zone)

    async def counts(self) -> listing.Counts:
        """Return how many todos the user has of each kind."""
        return await listing.count_todos(self._reads, owner_id=self.owner_id, now=self.now)

    async def situation(self) -> str:
        """Say in a few sentences what day it is for the user, and how many todos there are."""
        now, counts = self.now, await self.counts()
        return (
            f"It is {now:%A, %Y-%m-%d %H:%M} in the user's time zone {self._zone.key}. The user has"
            f" {counts.open} open todos, of which {counts.overdue} are overdue and {counts.today} due today,"
            f" and {counts.done} that are done."
        )

    async def use(self, name: str, arguments: str) -> Outcome:
        """Use a tool with arguments as JSON. Wrong names and arguments are told, not raised."""
        if name not in TOOLS:
            return Outcome({"error": f"there is no tool {name}"})
        try:
            return await self.run(TOOLS[name].model_validate_json(arguments or "{}"))
        except ValidationError as error:
            return Outcome({"error": [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]})
        except Problem as problem:
            return Outcome({"error": problem.detail})

    async def run(self, call: Input) -> Outcome:
        """Use a tool. Raises `Problem` as the API would."""
        async with self._sessions() as session:
            match call:
                case ListTodos():
                    return _told(await self.find(call))
                case ReadTodo():
                    todo = await service.get_todo(session, owner_id=self.owner_id, todo_id=call.id)
                    self._read.add(todo.id)
                    return Outcome(_whole(todo))
                case AddTodo():
                    todo = await service.add_todo(
                        session, owner_id=self.owner_id, values=call.model_dump(), most=self._most
                    )
                    return Outcome(_brief(todo), Changed(action="added", todo_ids=[todo.id]))
                case EditTodo():
                    return await self._edit(session, call)
                case DeleteTodos():
                    return await self._ask(session, call)
        raise AssertionError(f"no tool takes {type(call).__name__}")

    async def find(self, call: ListTodos, limit: int = SHOWN) -> Found:
        """Return the first todos that a `ListTodos` asks for."""
        query = TodoQuery(**call.model_dump(), limit=limit)
        page = await listing.list_todos(self._reads, owner_id=self.owner_id, query=query, now=self.now)
        todos = _TODOS.validate_json(page.json if page else "[]")
        next_cursor = page.next_cursor if page else ""
        whole = not next_cursor and not call.cursor
        if whole:
            return Found(todos, len(todos), next_cursor)
        total = await listing.count_matches(self._reads, owner_id=self.owner_id, query=query, now=self.now)
        return Found(todos, total, next_cursor)

    async def find_all(self, call: ListTodos) -> list[TodoOut]:
        """Return all todos that a `ListTodos` asks for, at most 1000."""
        todos: list[TodoOut] = []
        while len(todos) < _MOST_FOUND:
            found = await self.find(call, limit=200)
            todos += found.todos
            if not found.next_cursor:
                break
            call = call.model_copy(update={"cursor": found.next_cursor})
        return todos

    async def _edit(self, session: AsyncSession, call: EditTodo) -> Outcome:
        changes = call.model_dump(exclude_unset=True, exclude={"id"})
        if "notes" in changes and call.id not in self._read:
            todo = await service.get_todo(session, owner_id=self.owner_id, todo_id=call.id)
            await session.commit()
            if len(todo.notes) > _SHOWN_NOTES:
                # It has seen the beginning at most, and would write that over the whole.
                return Outcome({"error": "read_todo first: these notes are longer than what lists show"})
        todo = await service.edit_todo(session, owner_id=self.owner_id, todo_id=call.id, changes=changes, now=self.now)
        ticked: dict[bool, Literal["completed", "reopened"]] = {True: "completed", False: "reopened"}
        action = ticked[changes["done"]] if changes.keys() == {"done"} else "edited"
        return Outcome(_brief(todo), Changed(action=action, todo_ids=[todo.id]))

    async def _ask(self, session: AsyncSession, call: DeleteTodos) -> Outcome:
        query = select(Todo).where(Todo.owner_id == self.owner_id, Todo.id.in_(call.ids), Todo.deleted_at.is_(None))
        todos = (await session.scalars(query)).all()
        if not todos:
            return Outcome({"error": "the user has no such todos"})
        ids = [todo.id for todo in todos]
        question = await history.ask(session, owner_id=self.owner_id, todo_ids=ids)
        event = Confirm(id=question, todo_ids=ids, titles=[todo.title for todo in todos])
        return Outcome({"status": "the user is being asked; nothing is deleted yet"}, event)


def _told(found: Found) -> Outcome:
    more = {"next_cursor": found.next_cursor} if found.next_cursor else {}
    return Outcome({"todos": [_brief(todo) for todo in found.todos], "total": found.total, **more})


def _whole(todo: Todo | TodoOut) -> dict[str, Any]:
    return TodoOut.model_validate(todo).model_dump(
        mode="json", include={"id", "title", "notes", "done", "priority", "due_date", "due_time", "tags", "recurrence"}
    )


def _brief(todo: Todo | TodoOut) -> dict[str, Any]:
    whole = _whole(todo)
    if len(whole["notes"]) <= _SHOWN_NOTES:
        return whole
    return {**whole, "notes": f"{whole['notes'][:_SHOWN_NOTES]}…", "notes_shortened": True}
