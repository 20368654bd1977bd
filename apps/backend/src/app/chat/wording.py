"""Words that several of the assistant's messages need."""


def counted(todos: int) -> str:
    """Return this many todos in words: "1 todo", "2 todos"."""
    return "1 todo" if todos == 1 else f"{todos} todos"
