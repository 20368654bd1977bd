"""The assistant that needs no language model: it knows a handful of requests and says so."""

import re
from collections.abc import AsyncIterator
from datetime import date

from anyio import to_thread

from app.chat import changes
from app.chat.asked_days import Span, span_of
from app.chat.schemas import ChatEvent, Text
from app.chat.tools import AddTodo, ListTodos, Toolbox
from app.chat.wording import counted, line, listing, none_found, words_of
from app.parsing.parse import parse, part_of

INTRODUCTION = (
    "I am the built-in assistant, without a language model, and I changed nothing. I understand: "
    '"add buy milk tomorrow at 5pm #home", "list", "what is due this week?", "what is done?", '
    '"how many todos do I have?", "find milk", "done buy milk", "reopen buy milk", "move buy milk to Friday", '
    '"tag buy milk with shop", "make buy milk important", "rename buy milk to buy bread" and "delete buy milk".'
)
_PLEASE = re.compile(r"^(?:(?:please|hey|ok|so|now)[\s,]+|(?:can|could|would|will) you\s+(?:please\s+)?)+", re.I)
_ADD = re.compile(
    r"(?:(?:add|create)(?:\s+(?:an?|the)\s+(?:new\s+)?(?:todo|task|reminder)(?:\s+to)?)?|new\s+(?:todo|task)"
    r"|remind me(?P<day>\s.{0,40}?)??\s+(?:to|about)|remember to|do not forget to|don['\u2019]t forget to"
    r"|i (?:have to|need to|must))[:\s]+(?P<title>.+)",
    re.I | re.S,
)
_HELP = re.compile(r"(?:help|what can (?:you|i)\b|what are you|who are you|how (?:do|does|can)\b).*", re.I | re.S)
_COUNT = re.compile(r"how (?:many|much)\b.*", re.I | re.S)
_LIST = re.compile(
    r"(?:list|show|give me|what|which|(?:is |do i have )?anything|due|overdue|today|tomorrow|any)\b.*", re.I | re.S
)
_OF_TODOS = re.compile(
    r"\b(?:todos?|to-?dos?|tasks?|due|overdue|do|left|open|list|show|plans?|agenda|pending|have|done|complete[d]?|finish(?:ed)?"
    r"|today|tomorrow|week|month|\w+day|everything|next|tagged)\b|#\w",
    re.I,
)
_COMPLETED = re.compile(r"\b(?:done|completed?|finish(?:ed)?|ticked)\b", re.I)
_TAGGED = re.compile(r"(?:#|\btagged(?: with| as)?\s+#?)(?P<tag>[^\s#?!.,]+)", re.I)
_DUE = re.compile(r"\bdue\b", re.I)
_OVERDUE = re.compile(r"\boverdue\b", re.I)
_FIND = re.compile(r"(?:find|search(?: for)?|look for|where is)\s+(?P<words>.+)", re.I | re.S)


def reply(toolbox: Toolbox, content: str) -> AsyncIterator[ChatEvent]:
    """Answer one message. What is not understood changes nothing."""
    # Between words there is one space: in a long run of them the patterns would look for minutes.
    asked = _PLEASE.sub("", " ".join(content.split()))
    change = changes.find(toolbox, asked)
    if change is not None:
        return change
    if match := _ADD.fullmatch(asked):
        return _add(toolbox, match["title"], match["day"])
    if match := _FIND.fullmatch(asked):
        return _find(toolbox, match["words"])
    if _HELP.fullmatch(asked):
        return _say(INTRODUCTION)
    if _COUNT.fullmatch(asked):
        return _count(toolbox)
    if _LIST.fullmatch(asked) and _OF_TODOS.search(asked):
        return _list(toolbox, asked)
    return _say(INTRODUCTION)


async def _add(toolbox: Toolbox, words: str, day: str | None) -> AsyncIterator[ChatEvent]:
    text = line(words) if day is None else f"{line(words)} {day.strip()}"
    # The library for dates is large, and loaded by the first text.
    parsed = await to_thread.run_sync(lambda: parse(text, now=toolbox.now))
    title = line(parsed.title)
    if not title:
        title = line(words)
        parsed = parsed.model_copy(update={"due_date": None, "due_time": None, "recurrence": None, "tags": []})
    if not title:
        yield Text(text='What shall I add? For example: "add buy milk".')
        return
    values = parsed.model_dump(include={"due_date", "due_time", "recurrence", "repeat_from", "tags", "priority"})
    outcome = await toolbox.run(AddTodo(title=title, **values))
    if outcome.event:
        yield outcome.event
    due = f", due {parsed.due_date}" if parsed.due_date else ""
    at = f" at {parsed.due_time:%H:%M}" if parsed.due_time else ""
    said = [part_of(text, span) for span in parsed.spans if span.kind == "recurrence" and parsed.recurrence]
    repeats = "".join(f", {words}" for words in said)
    yield Text(text=f'Added "{title}"{due}{at}{repeats}.')


async def _find(toolbox: Toolbox, words: str) -> AsyncIterator[ChatEvent]:
    words = words_of(words)
    if not words:
        yield Text(text='Which words, please? For example: "find milk".')
        return
    found = await toolbox.find(ListTodos(q=words))
    yield Text(text=listing(found.todos, found.total) if found.todos else none_found(words))


async def _count(toolbox: Toolbox) -> AsyncIterator[ChatEvent]:
    counts = await toolbox.counts()
    yield Text(
        text=f"You have {counted(counts.open)} to do: {counts.overdue} overdue, {counts.today} due today,"
        f" {counts.upcoming} due later. {counted(counts.done)} done."
    )


async def _list(toolbox: Toolbox, content: str) -> AsyncIterator[ChatEvent]:
    if tag := _TAGGED.search(content):
        query, nothing = ListTodos(done=False, tag=tag["tag"][:40]), f"Nothing to do is tagged #{tag['tag']}."
    elif _COMPLETED.search(content):
        query, nothing = ListTodos(done=True), "Nothing is done yet."
    elif _OVERDUE.search(content):
        # As the counts have it: also what was due at an hour of today that is over.
        query, nothing = ListTodos(done=False, due="overdue", sort="due_date"), "Nothing is overdue."
    else:
        span = span_of(content, toolbox.now.date())
        if span is None and _DUE.search(content):
            span = Span("", None, date.max)
        query, nothing = ListTodos(done=False), "Nothing is left to do."
        if span:
            query = ListTodos(done=False, due_from=span.first, due_to=span.last, sort="due_date")
            nothing = f"Nothing is due {span.words}".rstrip() + "."
    found = await toolbox.find(query)
    yield Text(text=listing(found.todos, found.total) if found.todos else nothing)


async def _say(text: str) -> AsyncIterator[ChatEvent]:
    yield Text(text=text)
