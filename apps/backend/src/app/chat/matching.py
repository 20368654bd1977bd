"""Which todos does somebody mean who says some words?"""

import re
import unicodedata
from typing import NamedTuple

from app.chat.tools import ListTodos, Toolbox
from app.todos.schemas import TodoOut


class Matches(NamedTuple):
    """What was found for some words."""

    meant: list[TodoOut]
    """Have exactly this title; if none has, all of the words in their title."""
    possible: list[TodoOut]
    """Hold the words in some way, as part of another word or in their notes: too little to change them."""


async def look_up(toolbox: Toolbox, words: str, *, done: bool | None = None) -> Matches:
    """Find todos by words, of which one at least must be a word (`has_word`)."""
    possible = await toolbox.find_all(ListTodos(q=words, done=done))
    exact = [todo for todo in possible if _fold(todo.title) == _fold(words)]
    whole = [todo for todo in possible if _words(words) <= _words(todo.title)]
    return Matches(exact or whole, possible)


def has_word(text: str) -> bool:
    """Is there a word, or only punctuation and emoji, by which nothing can be chosen?"""
    return bool(_words(text))


def _words(text: str) -> set[str]:
    words = (re.sub(r"^\W+|\W+$", "", word) for word in _fold(text).split())
    return {word for word in words if word}


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip())
    return "".join(letter for letter in decomposed if not "\u0300" <= letter <= "\u036f").casefold()
