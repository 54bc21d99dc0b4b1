"""Diagnostics: limits."""

from __future__ import annotations

from ionqdsl.codes.code import Code

LIMITS: tuple[Code, ...] = (
    Code(
        "QC0501",
        "the program expands to more than {limit} operations",
        "",
    ),
    Code(
        "QC0502",
        "lists and loops take more than {limit} elements",
        "",
    ),
    Code(
        "QC0503",
        "the expression is nested too deeply",
        "",
        helps=("name inner parts with `const`",),
    ),
    Code(
        "QC0504",
        "gates call each other more than {limit} deep",
        "",
    ),
    Code(
        "QC0505",
        "{size} qubits are not possible: a circuit has 1 to {limit}",
        "",
    ),
    Code(
        "QC0506",
        "{size} elements are not possible: a parameter has 1 to 100000",
        "",
    ),
    Code(
        "QC0507",
        "{count} circuits are more than the {limit} one program may run",
        "",
    ),
    Code(
        "QC0508",
        "includes stand more than {limit} deep",
        "",
    ),
    Code(
        "QC0509",
        "`{path}` is larger than {limit} MB",
        "",
    ),
)
