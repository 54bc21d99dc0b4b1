"""Finds the files of the grammar folder, and the tables saved from the grammars when the package was built."""

from __future__ import annotations

import marshal
import os

from ionqdsl.record import Any

PACKAGE = os.path.dirname(os.path.dirname(__file__))
"""The package, which contains the grammars once installed, and the tables saved from them."""
TABLES = PACKAGE
"""The folder of saved tables."""
MAKERS = ("lark_parser.py", "numbering.py", "brackets.py")
"""The modules that make the tables; other tables are made after a change of them."""


def grammar_path(name: str) -> str:
    """Where a file of the grammar folder is: next to the package if installed, in the checkout otherwise."""
    installed = os.path.join(PACKAGE, "grammar", name)
    return installed if os.path.exists(installed) else os.path.join(os.path.dirname(PACKAGE), "grammar", name)


def grammar_text(name: str) -> str:
    """The text of a file of the grammar folder."""
    with open(grammar_path(name), encoding="utf-8") as file:
        return file.read()


def origin(name: str) -> tuple[str, ...]:
    """Everything that decides the tables of a grammar: its text and the texts of the modules that make them.

    Raises OSError if one of them cannot be read.
    """
    texts = []
    for maker in MAKERS:
        with open(os.path.join(os.path.dirname(__file__), maker), encoding="utf-8") as file:
            texts.append(file.read())
    return grammar_text(name), *texts


def save(name: str, tables: dict[str, Any], folder: str = TABLES) -> None:
    """Writes the automaton of a grammar; run when a wheel is built."""
    with open(os.path.join(folder, automaton_file(name)), "wb") as file:
        marshal.dump((origin(name), tables), file, 4)


def saved(name: str) -> dict[str, Any] | None:
    """The automaton of a grammar from build time, None if none fits: a file of this package, not a cache."""
    try:
        with open(os.path.join(TABLES, automaton_file(name)), "rb") as file:
            made_from, tables = marshal.loads(file.read())  # `load` reads number by number
        return tables if made_from == origin(name) else None
    except (OSError, EOFError, ValueError, TypeError):
        return None


def automaton_file(name: str) -> str:
    """The name of the file with the automaton of a grammar."""
    return name.replace(".lark", ".automaton.tables")
