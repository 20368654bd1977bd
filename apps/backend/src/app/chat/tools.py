"""What an assistant can do: the same as the API, for the signed-in user only. Deletions it can only ask for."""

import uuid
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.chat import history
from app.chat.schemas import Changed, Confirm
from app.database import Reads
from app.problems import Problem
from app.schemas import Input
from app.todos import listing, service
from app.todos.models import Todo
from app.todos.schemas import TodoCreate, TodoOut, TodoQuery, TodoUpdate

_TODOS = TypeAdapter(list[TodoOut])


class ListTodos(Input):
    """List the user's todos."""

    q: Annotated[str, Field(max_length=200, description="Words in title or notes")] = ""
    done: bool | None = None


class AddTodo(TodoCreate):
    """Add one todo."""


class EditTodo(TodoUpdate):
    """Change fields of one todo. Set done to true to complete it."""

    id: uuid.UUID


class DeleteTodos(Input):
    """Ask the user whether these todos may be deleted. Nothing is deleted before the user has agreed."""

    ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=100)]


TOOLS: dict[str, type[Input]] = {
    "list_todos": ListTodos,
    "add_todo": AddTodo,
    "edit_todo": EditTodo,
    "delete_todos": DeleteTodos,
}


@dataclass(frozen=True)
class Outcome:
    """What a tool did: `told` is for the assistant, `event` for the user's screen."""

    told: Any
    event: Changed | Confirm | None = None


class Toolbox:
    """The tools, bound to one owner. The owner never comes from the assistant."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], reads: Reads, owner_id: uuid.UUID) -> None:
        self._sessions = sessions
        self._reads = reads
        self._owner_id = owner_id

    async def use(self, name: str, arguments: str) -> Outcome:
        """Use a tool with arguments as JSON. Wrong names and arguments are told, not raised."""
        if name not in TOOLS:
            return Outcome({"error": f"there is no tool {name}"})
        try:
            call = TOOLS[name].model_validate_json(arguments or "{}")
        except ValidationError as error:
            return Outcome({"error": [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]})
        try:
            return await self.run(call)
        except Problem as problem:
            return Outcome({"error": problem.detail})

    async def run(self, call: Input) -> Outcome:
        """Use a tool. Raises `Problem` as the API would."""
        async with self._sessions() as session:
            match call:
                case ListTodos():
                    return Outcome([_brief(todo) for todo in await self.find(call)])
                case AddTodo():
                    todo = await service.add_todo(session, owner_id=self._owner_id, values=call.model_dump())
                    return Outcome(_brief(todo), Changed(action="added", todo_ids=[todo.id]))
                case EditTodo():
                    changes = call.model_dump(exclude_unset=True, exclude={"id"})
                    todo = await service.edit_todo(session, owner_id=self._owner_id, todo_id=call.id, changes=changes)
                    action = "completed" if changes == {"done": True} else "edited"
                    return Outcome(_brief(todo), Changed(action=action, todo_ids=[todo.id]))
                case DeleteTodos():
                    return await self._ask(session, call)
        raise AssertionError(f"no tool takes {type(call).__name__}")

    async def find(self, call: ListTodos) -> list[TodoOut]:
        """Return the todos that a `ListTodos` asks for, at most 50."""
        query = TodoQuery(q=call.q, done=call.done, limit=50)
        page = await listing.list_todos(self._reads, owner_id=self._owner_id, query=query)
        return _TODOS.validate_json(page.json if page else "[]")

    async def _ask(self, session: AsyncSession, call: DeleteTodos) -> Outcome:
        query = select(Todo).where(Todo.owner_id == self._owner_id, Todo.id.in_(call.ids), Todo.deleted_at.is_(None))
        todos = (await session.scalars(query)).all()
        if not todos:
            return Outcome({"error": "the user has no such todos"})
        ids = [todo.id for todo in todos]
        question = await history.ask(session, owner_id=self._owner_id, todo_ids=ids)
        event = Confirm(id=question, todo_ids=ids, titles=[todo.title for todo in todos])
        return Outcome({"status": "the user is being asked; nothing is deleted yet"}, event)


def _brief(todo: Todo | TodoOut) -> dict[str, Any]:
    return TodoOut.model_validate(todo).model_dump(
        mode="json", include={"id", "title", "notes", "done", "priority", "due_date", "tags", "recurrence"}
    )
