"""Diagnostics: the language server."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

LSP: tuple[Code, ...] = (
    Code(
        "QC0996",
        "there is nothing here that can be renamed",
        """Names that the program defines can be renamed: values, parameters, qubits, gates, circuits, registers. What
the language provides cannot: gates of the table, functions, constants, keywords.""",
        otherwise="names that the program defines can be",
    ),
    Code(
        "QC0997",
        "`{name}` cannot be a name here",
        """A name is made of letters, digits and underscores and does not begin with a digit. Keywords name nothing, a
gate cannot be called like a built-in gate, nor a value like a function or constant of the language.""",
        helps=("choose another name",),
    ),
    Code(
        "QC0998",
        "renaming `{old}` to `{new}` would change what line {line} means",
        """Before a name is changed, the change is tried on a copy of this file, of those it includes and of those that
include it, in the same folder or one above. Every use of the old and of the new name must refer to what it referred to
before, and nothing may be defined twice. Here something would be caught by another definition of the new name, or would
catch a use that means something else, so nothing was changed.""",
        helps=("the line stands in `{file}`", "choose a name that is not used there"),
    ),
    Code(
        "QC0999",
        "line {line} cannot be read, and `{name}` stands in it",
        """A statement with a syntax error may or may not use the name that is to be changed, and with which meaning
nobody can tell. Nothing was renamed.""",
        helps=("the line stands in `{file}`", "correct that line first"),
    ),
)
