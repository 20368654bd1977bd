"""Which todos does somebody mean who says some words?"""

import re
import unicodedata
from typing import NamedTuple

from app.chat.tools import ListTodos, Toolbox
from app.todos.schemas import TodoOut

# As in migration 0005, which folds what is searched.
_IGNORED = re.compile(
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    r"\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670"
    r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
_ALIKE = str.maketrans(
    {
        **dict(zip("øłđðħŧı\u03c2", "olddhti\u03c3", strict=True)),
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d\u201e", '"'),
        **dict.fromkeys("\u2010\u2013\u2014\u2212", "-"),
        **{"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"},
    }
)


class Matches(NamedTuple):
    """What was found for some words."""

    meant: list[TodoOut]
    """Have exactly this title; if none has, all of the words in their title."""
    possible: list[TodoOut]
    """Hold the words in some way, as part of another word or in their notes: too little to change them."""


async def look_up(toolbox: Toolbox, words: str, *, done: bool | None = None) -> Matches:
    """Find todos by words, of which one at least must be a word (`has_word`)."""
    possible = await toolbox.find_all(ListTodos(q=words, done=done))
    exact = [todo for todo in possible if fold(todo.title) == fold(words)]
    same = [todo for todo in possible if is_title(words, todo.title)]
    whole = [todo for todo in possible if set(_words(words)) <= set(_words(todo.title))]
    return Matches(exact or same or whole, possible)


def is_title(words: str, title: str) -> bool:
    """Are these the words of the title, apart from case, accents and punctuation?"""
    return _words(words) == _words(title)


def has_word(text: str) -> bool:
    """Is there a word, or only punctuation and emoji, by which nothing can be chosen?"""
    return bool(_words(text))


def _words(text: str) -> list[str]:
    words = (_bare(word) for word in fold(text).split())
    return [word for word in words if word]


def _bare(word: str) -> str:
    """Strip punctuation and symbols. Vowel signs of Hindi or Thai are marks (M): without them it is another word."""
    first = next((i for i, letter in enumerate(word) if _belongs(letter)), len(word))
    last = next((i for i in range(len(word), first, -1) if _belongs(word[i - 1])), first)
    return word[first:last]


def _belongs(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LNM"


def fold(text: str) -> str:
    """Fold as the search does, so that both take the same words for the same: see migration 0005."""
    return _IGNORED.sub("", unicodedata.normalize("NFKD", text)).lower().translate(_ALIKE).strip()
