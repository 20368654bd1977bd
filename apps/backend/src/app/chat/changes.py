"""Requests that change one todo, or delete some. Whatever does not name one todo changes none."""

import re
from collections.abc import AsyncIterator
from typing import Any

from anyio import to_thread

from app.chat.matching import Matches, has_word, is_title, look_up
from app.chat.schemas import ChatEvent, Confirm, Text
from app.chat.tools import MOST_DELETED, SHOWN, DeleteTodos, EditTodo, Toolbox
from app.chat.wording import bullets, counted, line, listing, none_found, words_of
from app.parsing.parse import parse
from app.todos.schemas import MOST_TAGS, TodoOut

_DONE = re.compile(
    r"(?:done|complete|finish|tick(?: off)?|check(?: off)?|i (?:did|finished|completed|have done))[:\s]+(?P<words>.+)"
    r"|mark\s+(?P<marked>.+?)\s+(?:as\s+)?(?:done|complete[d]?|finished)[\s.!]*",
    re.I | re.S,
)
_REOPEN = re.compile(
    r"(?:reopen|uncheck|untick|uncomplete)\s+(?P<words>.+)"
    r"|mark\s+(?P<marked>.+?)\s+as\s+(?:not done|undone|open|not completed)[\s.!]*",
    re.I | re.S,
)
_MOVE = re.compile(r"(?:move|postpone|reschedule|delay|push|snooze)\s+(?P<words>.+)", re.I | re.S)
_LEVELS = {"important": 3, "urgent": 3, "high": 3, "medium": 2, "normal": 0, "low": 1, "none": 0}
_LEVEL = rf"(?P<level>{'|'.join(_LEVELS)})(?:\s+priority)?"
_PRIORITY = re.compile(
    rf"(?:make|mark)\s+(?P<words>.+?)\s+(?:as\s+)?(?:an?\s+)?{_LEVEL}[\s.!]*"
    rf"|(?:set|change)\s+(?:the\s+)?priority\s+of\s+(?P<set>.+?)\s+to\s+{_LEVEL.replace('level', 'to')}[\s.!]*",
    re.I | re.S,
)
_TAG = re.compile(
    r"tag\s+(?P<words>.+)\s+(?:with|as)\s+#?(?P<tag>[^\s#]{1,40})[\s.!]*"
    r"|add\s+(?:the\s+)?tag\s+#?(?P<name>[^\s#]{1,40})\s+to\s+(?P<to>.+)",
    re.I | re.S,
)
_RENAME = re.compile(r"(?:rename|change)\s+(?P<both>.+\sto\s.+)", re.I | re.S)
# Quoted words may hold a "to" of their own.
_QUOTED = re.compile(r"(?P<words>[\"“][^\"“”]+[\"”]|'[^']+'|\u2018[^\u2019]+\u2019)\s+to\s+(?P<title>.+)", re.I | re.S)
_TO = re.compile(r"\s+to\s+", re.I)
_MOST_SPLITS = 5
_DELETE = re.compile(r"(?:delete|remove)\s+(?P<words>.+)", re.I | re.S)


def find(toolbox: Toolbox, content: str) -> AsyncIterator[ChatEvent] | None:
    """Return the answer to a request to change or delete; None if the message is none."""
    if match := _TAG.fullmatch(content):
        return _tag(toolbox, match["words"] or match["to"], match["tag"] or match["name"])
    if match := _PRIORITY.fullmatch(content):
        return _prioritise(toolbox, match["words"] or match["set"], (match["level"] or match["to"]).lower())
    if match := _REOPEN.fullmatch(content):
        return _change_one(toolbox, match["words"] or match["marked"], {"done": False}, "Reopened {}.", done=True)
    if match := _RENAME.fullmatch(content):
        return _rename(toolbox, match["both"])
    if match := _DONE.fullmatch(content):
        return _change_one(toolbox, match["words"] or match["marked"], {"done": True}, "Completed {}.")
    if match := _MOVE.fullmatch(content):
        return _move(toolbox, match["words"])
    if match := _DELETE.fullmatch(content):
        return _delete(toolbox, match["words"])
    return None


async def _rename(toolbox: Toolbox, both: str) -> AsyncIterator[ChatEvent]:
    if quoted := _QUOTED.fullmatch(both):
        splits = [(quoted["words"], quoted["title"])]
    else:
        splits = [(both[: to.start()], both[to.end() :]) for to in _TO.finditer(both)]
    if len(splits) > 1:
        few = splits if len(splits) <= _MOST_SPLITS else []
        exact = [split for split in few if await _has_title(toolbox, words_of(split[0]))]
        if len(exact) != 1:
            yield Text(text='Which todo, please? Put its title in quotes: rename "buy milk" to "buy bread".')
            return
        splits = exact
    ((words, title),) = splits
    title = line(title)
    if not title:
        yield _ask_which(words_of(words), None)
        return
    async for event in _change_one(toolbox, words, {"title": title}, f"Renamed {{}} to {_quoted(title)}."):
        yield event


async def _has_title(toolbox: Toolbox, words: str) -> bool:
    found = await look_up(toolbox, words, done=False) if has_word(words) else None
    return found is not None and any(is_title(words, todo.title) for todo in found.meant)


async def _move(toolbox: Toolbox, words: str) -> AsyncIterator[ChatEvent]:
    # The library for dates is large, and loaded by the first text.
    parsed = await to_thread.run_sync(lambda: parse(line(words), now=toolbox.now))
    if parsed.due_date is None or parsed.recurrence:
        yield Text(text='To which day, please? For example: "move buy milk to Friday". I changed nothing.')
        return
    title = re.sub(r"\s+(?:to|until|till|for)$", "", parsed.title, flags=re.I)
    changes: dict[str, Any] = {"due_date": parsed.due_date}
    at = ""
    if parsed.due_time:
        changes["due_time"] = parsed.due_time
        at = f" at {parsed.due_time:%H:%M}"
    async for event in _change_one(toolbox, title, changes, f"Moved {{}} to {parsed.due_date}{at}."):
        yield event


async def _prioritise(toolbox: Toolbox, words: str, level: str) -> AsyncIterator[ChatEvent]:
    changes = {"priority": _LEVELS[level]}
    async for event in _change_one(toolbox, words, changes, f"The priority of {{}} is {level} now."):
        yield event


async def _tag(toolbox: Toolbox, words: str, tag: str) -> AsyncIterator[ChatEvent]:
    tag = line(tag)
    chosen = await _choose(toolbox, words, done=False)
    if isinstance(chosen, Text) or not tag:
        yield chosen if isinstance(chosen, Text) else _ask_which(words, None)
        return
    tags = list(dict.fromkeys([*chosen.tags, tag]))
    if len(tags) > MOST_TAGS:
        yield Text(
            text=f"A todo has at most {MOST_TAGS} tags. Remove one of {_quoted(chosen.title)} first. I changed nothing."
        )
        return
    outcome = await toolbox.run(EditTodo.model_validate({"id": chosen.id, "tags": tags}))
    if outcome.event:
        yield outcome.event
    yield Text(text=f"Tagged {_quoted(chosen.title)} with #{tag}.")


async def _change_one(
    toolbox: Toolbox, words: str, changes: dict[str, Any], said: str, *, done: bool = False
) -> AsyncIterator[ChatEvent]:
    """Change the todo that `words` name, among those that are done or not.

    `said` is told then, with its title in quotes in place of the first {}.
    """
    chosen = await _choose(toolbox, words, done=done)
    if isinstance(chosen, Text):
        yield chosen
        return
    outcome = await toolbox.run(EditTodo.model_validate({"id": chosen.id, **changes}))
    if outcome.event:
        yield outcome.event
    yield Text(text=said.replace("{}", _quoted(chosen.title), 1))


async def _choose(toolbox: Toolbox, words: str, *, done: bool) -> TodoOut | Text:
    words = words_of(words)
    matches = await look_up(toolbox, words, done=done) if has_word(words) else None
    if matches is None or len(matches.meant) != 1:
        return _ask_which(words, matches)
    return matches.meant[0]


async def _delete(toolbox: Toolbox, words: str) -> AsyncIterator[ChatEvent]:
    words = words_of(words)
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
        yield Text(text=f"Shall I delete {counted(len(titles))}?\n{bullets(titles)}")
        yield outcome.event


def _ask_which(words: str, matches: Matches | None) -> Text:
    """Nothing was said that names one todo: say so, instead of taking it for all of them."""
    if matches is None:
        return Text(text='Which todo, please? Say words of its title, for example "done buy milk". I changed nothing.')
    candidates = matches.meant or matches.possible
    if not candidates:
        return Text(text=none_found(words))
    return Text(text=f"Which one do you mean?\n{listing(candidates[:SHOWN], len(candidates))}")


def _quoted(title: str) -> str:
    return f'"{title}"'
