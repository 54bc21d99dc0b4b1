"""Diagnostics of the language server."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

LSP: tuple[Code, ...] = (
    Code(
        "QC0996",
        "nothing here can be renamed",
        """Names that the program defines can be renamed: values, parameters, qubits, gates, circuits, registers. Names
of the language cannot: built-in gates, functions, constants, keywords.""",
        otherwise="choose a name that the program defines",
    ),
    Code(
        "QC0997",
        "`{name}` cannot be a name here",
        """A name is made of letters, digits and underscores and does not begin with a digit. It cannot be a keyword; a
gate cannot have the name of a built-in gate, and a value cannot have the name of a function or constant of the
language.""",
        helps=("choose another name",),
    ),
    Code(
        "QC0998",
        "renaming `{old}` to `{new}` would change the meaning of line {line}",
        """Before a name is changed, the change is tried on a copy of this file, of the files it includes and of those
that include it, in the same folder or one above. Every use of the old and the new name must refer to the same
definition as before, and nothing may be defined twice. Here a use would refer to another definition, or a name would be
defined twice, so nothing was changed.""",
        helps=("the line is in `{file}`", "choose a name that is not used there"),
    ),
    Code(
        "QC0999",
        "line {line} has a syntax error and contains `{name}`",
        """A statement with a syntax error has no definite meaning, so whether it uses this name is unknown. Nothing was
renamed.""",
        helps=("the line is in `{file}`", "correct that line first"),
    ),
)
