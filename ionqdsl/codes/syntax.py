"""Diagnostics: syntax."""

from __future__ import annotations

from ionqdsl.codes.code import Code

SYNTAX: tuple[Code, ...] = (
    Code(
        "QC0100",
        "{found} does not fit here",
        "",
        label="expected {expected}",
        helps=("{hint}",),
    ),
    Code(
        "QC0101",
        "the character `{character}` has no meaning here",
        "",
        helps=("write `{instead}` instead",),
    ),
    Code(
        "QC0102",
        "`{bracket}` is never closed",
        "",
        label="unclosed",
        helps=("add the missing `{closing}`",),
    ),
    Code(
        "QC0103",
        "`{word}` is a keyword and cannot be a name",
        "",
        helps=("choose another name, such as `{word}_`",),
    ),
    Code(
        "QC0104",
        "the string has no end",
        "",
        helps=('add the missing `"` on this line',),
    ),
    Code(
        "QC0105",
        "brackets and blocks stand more than {limit} deep in each other",
        "",
        helps=("move inner parts into `const`, `gate` or `circuit` definitions",),
    ),
    Code(
        "QC0106",
        "`{unit}` is not a unit",
        "",
        helps=("units are `deg`, `turn` and `rad`; for a product write `{number} * {unit}`",),
    ),
    Code(
        "QC0107",
        "the number is too long or too large",
        "",
        helps=("numbers have at most 400 digits",),
    ),
    Code(
        "QC0108",
        "`{escape}` is not an escape in a string",
        "",
        helps=("the escapes are \\n, \\t, \\\\, \\\" and \\'",),
    ),
    Code(
        "QC0109",
        "the program says it is of version {version}, but this compiler reads version 1",
        "",
        helps=("write `qc 1`, or leave the line out",),
    ),
    Code(
        "QC0110",
        "`{bracket}` closes nothing",
        "",
        helps=("remove it, or add the bracket it should close",),
    ),
    Code(
        "QC0111",
        "`{word}` stands at the top level only, not inside a block",
        "",
        helps=("move it out of the block",),
    ),
    Code(
        "QC0112",
        "`{word}` is not part of this language",
        "",
        helps=("{instead}",),
    ),
    Code(
        "QC0113",
        "`{name} = ...` is not a statement: values are defined once",
        "",
        helps=("write `const {name} = ...` for a value, `let {name} = ...` for qubits",),
    ),
)
