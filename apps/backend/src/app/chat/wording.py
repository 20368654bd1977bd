"""Words that several of the assistant's messages need, and the words in what it is told."""

import re

from app.todos.schemas import TodoOut

# Of the sentence, not of the title that is in it.
_AROUND = " \t\r\n.\"'“”„\u2018\u2019«»"


def counted(todos: int) -> str:
    """Return this many todos in words: "1 todo", "2 todos"."""
    return "1 todo" if todos == 1 else f"{todos} todos"


def line(text: str) -> str:
    """Return what can be a title: one line, without the quotes and full stops around it."""
    printable = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return printable.strip(_AROUND)[:200].strip()


def words_of(text: str) -> str:
    """Return the words to search for, without the punctuation of the sentence that they are in."""
    one = re.sub(r"\s*,\s*please[\s.!?]*$", "", line(text), flags=re.I)
    words = [word.rstrip("!?,;:.…\"'”\u2019") or word for word in one.split()]
    return line(" ".join(words))


def listing(todos: list[TodoOut], total: int) -> str:
    """Return todos as a list, and how many there are in all if there are more."""
    shown = bullets([f"{todo.title} (due {_when(todo)})" if todo.due_date else todo.title for todo in todos])
    return f"{shown}\nThese are {len(todos)} of {total}." if total > len(todos) else shown


def bullets(titles: list[str]) -> str:
    """Return titles, each on a line of its own."""
    return "\n".join(f"- {title}" for title in titles)


def none_found(words: str) -> str:
    """Say that no todo has these words."""
    return f'I found no todo with "{words}".'


def _when(todo: TodoOut) -> str:
    return f"{todo.due_date} at {todo.due_time:%H:%M}" if todo.due_time else str(todo.due_date)
