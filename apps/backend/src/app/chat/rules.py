"""The assistant that needs no language model: it knows a handful of requests and says so."""

import re
from collections.abc import AsyncIterator

from app.chat.schemas import ChatEvent, Confirm, Text
from app.chat.tools import AddTodo, DeleteTodos, EditTodo, ListTodos, Toolbox
from app.chat.wording import counted
from app.todos.schemas import TodoOut

INTRODUCTION = (
    "I am the built-in assistant, without a language model. I understand: "
    '"add buy milk", "list", "find milk", "done buy milk", "rename buy milk to buy bread" and "delete buy milk".'
)
_ADD = re.compile(
    r"(?:please )?(?:add|create|new todo|remind me to|i have to|i need to)[: ]+(?P<title>.+)", re.I | re.S
)
_LIST = re.compile(r"(?:please )?(?:list|show|what|which)\b(?!.*\bfind\b).*", re.I | re.S)
_FIND = re.compile(r"(?:please )?(?:find|search(?: for)?)\s+(?P<words>.+)", re.I | re.S)
_DONE = re.compile(r"(?:please )?(?:done|complete|finish|check off|i did)[: ]+(?P<words>.+)", re.I | re.S)
_RENAME = re.compile(r"(?:please )?(?:rename|change)\s+(?P<words>.+?)\s+to\s+(?P<title>.+)", re.I | re.S)
_DELETE = re.compile(r"(?:please )?(?:delete|remove)\s+(?P<words>.+)", re.I | re.S)


async def reply(toolbox: Toolbox, content: str) -> AsyncIterator[ChatEvent]:
    """Answer one message."""
    if match := _ADD.fullmatch(content):
        title = _line(match["title"])
        outcome = await toolbox.run(AddTodo(title=title))
        if outcome.event:
            yield outcome.event
        yield Text(text=f'Added "{title}".')
    elif match := _RENAME.fullmatch(content):
        async for event in _on_one(toolbox, match["words"], title=_line(match["title"])):
            yield event
    elif match := _DONE.fullmatch(content):
        async for event in _on_one(toolbox, match["words"], done=True):
            yield event
    elif match := _DELETE.fullmatch(content):
        todos = await toolbox.find(ListTodos(q=_line(match["words"])))
        if not todos:
            yield _none(match["words"])
            return
        outcome = await toolbox.run(DeleteTodos(ids=[todo.id for todo in todos]))
        if isinstance(outcome.event, Confirm):
            titles = outcome.event.titles
            yield Text(text=f"Shall I delete {counted(len(titles))}?\n{_bullets(titles)}")
            yield outcome.event
    elif match := _FIND.fullmatch(content):
        todos = await toolbox.find(ListTodos(q=_line(match["words"])))
        yield Text(text=_listing(todos)) if todos else _none(match["words"])
    elif _LIST.fullmatch(content):
        todos = await toolbox.find(ListTodos(done=False))
        yield Text(text=_listing(todos) if todos else "Nothing is left to do.")
    else:
        yield Text(text=INTRODUCTION)


async def _on_one(
    toolbox: Toolbox, words: str, *, title: str | None = None, done: bool | None = None
) -> AsyncIterator[ChatEvent]:
    todos = await toolbox.find(ListTodos(q=_line(words), done=False))
    exact = [todo for todo in todos if todo.title.lower() == _line(words).lower()]
    chosen = exact or todos
    if not chosen:
        yield _none(words)
    elif len(chosen) > 1:
        yield Text(text=f"Which one do you mean?\n{_bullets([todo.title for todo in chosen])}")
    else:
        changes = {"title": title} if title else {"done": done}
        outcome = await toolbox.run(EditTodo.model_validate({"id": chosen[0].id, **changes}))
        if outcome.event:
            yield outcome.event
        yield Text(text=f'Renamed to "{title}".' if title else f'Completed "{chosen[0].title}".')


def _line(text: str) -> str:
    printable = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return printable.strip().strip("\"'.").strip()[:200] or "-"


def _listing(todos: list[TodoOut]) -> str:
    return _bullets([f"{todo.title} (due {todo.due_date})" if todo.due_date else todo.title for todo in todos])


def _bullets(titles: list[str]) -> str:
    return "\n".join(f"- {title}" for title in titles)


def _none(words: str) -> Text:
    return Text(text=f'I found no todo with "{_line(words)}".')
