"""The assistant that needs no language model: it knows a handful of requests and says so."""

import re
from collections.abc import AsyncIterator
from datetime import date

from app.chat.days import DAY, Span, day_of, span_of, split_due_date
from app.chat.matching import Matches, has_word, is_title, look_up
from app.chat.schemas import ChatEvent, Confirm, Text
from app.chat.tools import MOST_DELETED, SHOWN, AddTodo, DeleteTodos, EditTodo, ListTodos, Toolbox
from app.chat.wording import counted
from app.todos.schemas import TodoOut

INTRODUCTION = (
    "I am the built-in assistant, without a language model. I understand: "
    '"add buy milk tomorrow", "list", "what is due this week?", "find milk", "done buy milk", '
    '"rename buy milk to buy bread" and "delete buy milk".'
)
_ADD = re.compile(
    rf"(?:please )?(?:(?:add|create|new todo|remind me(?: (?P<day>{DAY}))? to|i have to|i need to)[: ]+)(?P<title>.+)",
    re.I | re.S,
)
_LIST = re.compile(r"(?:please )?(?:list|show|what|which|(?:is )?anything|due|overdue)\b(?!.*\bfind\b).*", re.I | re.S)
# Of the sentence, not of the title that is in it.
_AROUND = " \t\r\n.\"'“”„\u2018\u2019«»"
_DUE = re.compile(r"\bdue\b", re.I)
_FIND = re.compile(r"(?:please )?(?:find|search(?: for)?)\s+(?P<words>.+)", re.I | re.S)
_DONE = re.compile(r"(?:please )?(?:done|complete|finish|check off|i did)[: ]+(?P<words>.+)", re.I | re.S)
_RENAME = re.compile(r"(?:please )?(?:rename|change)\s+(?P<both>.+\sto\s.+)", re.I | re.S)
# Quoted words may hold a "to" of their own.
_QUOTED = re.compile(r"(?P<words>[\"“][^\"“”]+[\"”]|'[^']+'|\u2018[^\u2019]+\u2019)\s+to\s+(?P<title>.+)", re.I | re.S)
_TO = re.compile(r"\s+to\s+", re.I)
_MOST_SPLITS = 5
_DELETE = re.compile(r"(?:please )?(?:delete|remove)\s+(?P<words>.+)", re.I | re.S)


def reply(toolbox: Toolbox, content: str) -> AsyncIterator[ChatEvent]:
    """Answer one message."""
    if match := _ADD.fullmatch(content):
        return _add(toolbox, match["title"], match["day"])
    if match := _RENAME.fullmatch(content):
        return _rename(toolbox, match["both"])
    if match := _DONE.fullmatch(content):
        return _change_one(toolbox, match["words"], done=True)
    if match := _DELETE.fullmatch(content):
        return _delete(toolbox, match["words"])
    if match := _FIND.fullmatch(content):
        return _find(toolbox, match["words"])
    if _LIST.fullmatch(content):
        return _list(toolbox, content)
    return _say(INTRODUCTION)


async def _add(toolbox: Toolbox, words: str, day: str | None) -> AsyncIterator[ChatEvent]:
    title, due_date = split_due_date(_line(words), toolbox.today)
    title = _line(title)
    if day and due_date is None:
        due_date = day_of(day, toolbox.today)
    if not title:
        yield Text(text='What shall I add? For example: "add buy milk".')
        return
    outcome = await toolbox.run(AddTodo(title=title, due_date=due_date))
    if outcome.event:
        yield outcome.event
    yield Text(text=f'Added "{title}", due {due_date}.' if due_date else f'Added "{title}".')


async def _rename(toolbox: Toolbox, both: str) -> AsyncIterator[ChatEvent]:
    if quoted := _QUOTED.fullmatch(both):
        splits = [(quoted["words"], quoted["title"])]
    else:
        splits = [(both[: to.start()], both[to.end() :]) for to in _TO.finditer(both)]
    if len(splits) > 1:
        few = splits if len(splits) <= _MOST_SPLITS else []
        exact = [split for split in few if await _has_title(toolbox, _words(split[0]))]
        if len(exact) != 1:
            yield Text(text='Which todo, please? Put its title in quotes: rename "buy milk" to "buy bread".')
            return
        splits = exact
    ((words, title),) = splits
    async for event in _change_one(toolbox, words, title=_line(title)):
        yield event


async def _has_title(toolbox: Toolbox, words: str) -> bool:
    found = await look_up(toolbox, words, done=False) if has_word(words) else None
    return found is not None and any(is_title(words, todo.title) for todo in found.meant)


async def _change_one(
    toolbox: Toolbox, words: str, *, title: str | None = None, done: bool | None = None
) -> AsyncIterator[ChatEvent]:
    words = _words(words)
    matches = await look_up(toolbox, words, done=False) if has_word(words) and title != "" else None
    if matches is None or len(matches.meant) != 1:
        yield _ask_which(words, matches)
        return
    (chosen,) = matches.meant
    changes = {"title": title} if title else {"done": done}
    outcome = await toolbox.run(EditTodo.model_validate({"id": chosen.id, **changes}))
    if outcome.event:
        yield outcome.event
    yield Text(text=f'Renamed to "{title}".' if title else f'Completed "{chosen.title}".')


async def _delete(toolbox: Toolbox, words: str) -> AsyncIterator[ChatEvent]:
    words = _words(words)
    matches = await look_up(toolbox, words) if has_word(words) else None
    if matches is None or not matches.meant:
        yield _ask_which(words, matches)
        return
    if len(matches.meant) > MOST_DELETED:
        yield Text(text=f"These are more than the {MOST_DELETED} todos that I can delete at once. Say more words.")
        return
    outcome = await toolbox.run(DeleteTodos(ids=[todo.id for todo in matches.meant]))
    if isinstance(outcome.event, Confirm):
        titles = outcome.event.titles
        yield Text(text=f"Shall I delete {counted(len(titles))}?\n{_bullets(titles)}")
        yield outcome.event


async def _find(toolbox: Toolbox, words: str) -> AsyncIterator[ChatEvent]:
    words = _words(words)
    if not words:
        yield Text(text='Which words, please? For example: "find milk".')
        return
    found = await toolbox.find(ListTodos(q=words))
    yield Text(text=_listing(found.todos, found.total)) if found.todos else _none(words)


async def _list(toolbox: Toolbox, content: str) -> AsyncIterator[ChatEvent]:
    span = span_of(content, toolbox.today)
    if span is None and _DUE.search(content):
        span = Span("", None, date.max)
    query = ListTodos(done=False)
    if span:
        query = ListTodos(done=False, due_from=span.first, due_to=span.last, sort="due_date")
    found = await toolbox.find(query)
    if found.todos:
        yield Text(text=_listing(found.todos, found.total))
    else:
        yield Text(text=f"Nothing is {_due(span)}." if span else "Nothing is left to do.")


async def _say(text: str) -> AsyncIterator[ChatEvent]:
    yield Text(text=text)


def _ask_which(words: str, matches: Matches | None) -> Text:
    """Nothing was said that names one todo: say so, instead of taking it for all of them."""
    if matches is None:
        return Text(text='Which todo, please? Say words of its title, for example "done buy milk". I changed nothing.')
    candidates = matches.meant or matches.possible
    if not candidates:
        return _none(words)
    return Text(text=f"Which one do you mean?\n{_listing(candidates[:SHOWN], len(candidates))}")


def _line(text: str) -> str:
    printable = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return printable.strip(_AROUND)[:200].strip()


def _words(text: str) -> str:
    """Return the words to search for, without the punctuation of the sentence that they are in."""
    line = re.sub(r"\s*,\s*please[\s.!?]*$", "", _line(text), flags=re.I)
    words = [word.rstrip("!?,;:.…\"'”\u2019") or word for word in line.split()]
    return _line(" ".join(words))


def _due(span: Span) -> str:
    return "overdue" if span.words == "overdue" else f"due {span.words}".strip()


def _listing(todos: list[TodoOut], total: int) -> str:
    shown = _bullets([f"{todo.title} (due {todo.due_date})" if todo.due_date else todo.title for todo in todos])
    return f"{shown}\nThese are {len(todos)} of {total}." if total > len(todos) else shown


def _bullets(titles: list[str]) -> str:
    return "\n".join(f"- {title}" for title in titles)


def _none(words: str) -> Text:
    return Text(text=f'I found no todo with "{words}".')
