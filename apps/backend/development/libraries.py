"""Loads every library that the application imports, and runs nothing of it: its code may hang at this moment."""

import ast
import contextlib
from collections.abc import Iterator
from pathlib import Path

CODE = Path(__file__).parent.parent / "src"


def imports(code: Path) -> Iterator[tuple[str, list[str]]]:
    """Give each module that the code imports from a library, with the names that it takes from it."""
    own = {path.stem for path in code.iterdir()}
    for file in code.rglob("*.py"):
        # Code that cannot be read will say so when it is served.
        with contextlib.suppress(Exception):
            for node in ast.walk(ast.parse(file.read_bytes())):
                found: list[tuple[str, list[str]]] = []
                if isinstance(node, ast.Import):
                    found = [(alias.name, []) for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
                    found = [(node.module, [alias.name for alias in node.names])]
                yield from ((module, names) for module, names in found if module.partition(".")[0] not in own)


for module, names in imports(CODE):
    with contextlib.suppress(Exception):
        # With names, as `from` does it: a name may be a module too.
        __import__(module, fromlist=names)
