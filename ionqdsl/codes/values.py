"""Diagnostics: values."""

from __future__ import annotations

from ionqdsl.codes.code import Code

VALUES: tuple[Code, ...] = (
    Code(
        "QC0301",
        "`{operator}` joins an angle and a plain number",
        "",
        helps=("give the number a unit, such as `0.5rad`, or divide the angle by one, such as `x/rad`",),
    ),
    Code(
        "QC0302",
        "angles cannot be multiplied together or stand in a power",
        "",
        helps=("divide by a unit first: `x/rad` is a plain number",),
    ),
    Code(
        "QC0303",
        "division by zero",
        "",
    ),
    Code(
        "QC0304",
        "a plain number divided by an angle has no meaning",
        "",
        helps=("divide the angle by a unit first: `x/rad` is a plain number",),
    ),
    Code(
        "QC0305",
        "this needs a known number, but `{names}` has no value",
        "",
        helps=("give it a value in the program, or with `--set`",),
    ),
    Code(
        "QC0306",
        "`{operator}` does not join {left} and {right}",
        "",
    ),
    Code(
        "QC0307",
        "{wanted} is wanted here, but this is {given}",
        "",
    ),
    Code(
        "QC0308",
        "the number takes more than {bits} bits",
        "",
        helps=("use a float, such as `2.0` in place of `2`",),
    ),
    Code(
        "QC0309",
        "the result is too large",
        "",
    ),
    Code(
        "QC0310",
        "`{function}` has no real value here",
        "",
    ),
    Code(
        "QC0311",
        "the coefficient of an operator is a plain number, not an angle",
        "",
        helps=("divide by a unit first: `x/rad` is a plain number",),
    ),
    Code(
        "QC0312",
        "the product of these operators has an imaginary coefficient",
        "",
        helps=("operators are real sums: `X[0]*Y[0]` would be i*Z[0]",),
    ),
    Code(
        "QC0313",
        "the index of an operator cannot be negative: {index}",
        "",
        helps=("indices count qubits, from 0",),
    ),
    Code(
        "QC0314",
        "the step must not be 0",
        "",
    ),
    Code(
        "QC0315",
        "there is no function `{name}`",
        "",
        helps=("did you mean `{suggestion}`?",),
    ),
    Code(
        "QC0316",
        "`{function}` takes {wants}",
        "",
    ),
    Code(
        "QC0317",
        "`{function}` takes plain numbers, not angles",
        "",
        helps=("divide by a unit first: `x/rad` is a plain number",),
    ),
    Code(
        "QC0318",
        "a time is a plain number, not an angle",
        "",
        helps=("leave the unit out",),
    ),
    Code(
        "QC0319",
        "`nop` cannot wait for a negative time",
        "",
    ),
    Code(
        "QC0320",
        "`steps` must be at least 1",
        "",
        helps=("leave it out for operators whose terms commute",),
    ),
)
