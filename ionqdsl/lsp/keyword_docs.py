"""Explains the words of the language in one line each: keywords, functions, constants, units.

Tables only, for hover and completion; keywords are explained in ir/keywords.py, gates and keys of the job in gates.py,
job.py and lower/blocks.py.
"""

from __future__ import annotations

from ionqdsl.ir import keywords

FUNCTIONS = {
    "range": "whole numbers, as in Python",
    "len": "the length of a list or register",
    "abs": "the absolute value",
    "min": "the smallest value",
    "max": "the largest value",
    "round": "the nearest whole number, or a number of digits; angles round in their unit",
    "floor": "the whole number below",
    "ceil": "the whole number above",
    "sum": "the sum of a list",
    "linspace": "a number of equally spaced values, including both ends",
    "sqrt": "the square root",
    "exp": "e to the power of a number",
    "log": "the natural logarithm, or that of another base",
    "sin": "the sine of an angle, or of a number of radians",
    "cos": "the cosine of an angle, or of a number of radians",
    "tan": "the tangent of an angle, or of a number of radians",
    "asin": "the arc sine, a number of radians",
    "acos": "the arc cosine, a number of radians",
    "atan": "the arc tangent, a number of radians",
    "atan2": "the angle of the point (x, y), a number of radians",
    "any": "whether a condition holds for one item: `any(x > 1 for x in list)`",
    "all": "whether a condition holds for all items",
    "zip": "pairs of items of two lists, or tuples of several",
    "enumerate": "pairs of a number, counted from 0 or a start, and an item",
    "sorted": "a list in rising order; of tuples, the first parts that differ decide",
    "reversed": "a list backwards",
    "pauli": 'a product of Pauli matrices by letters: `pauli("XZI")`',
    "load": 'the contents of a JSON or CSV file: `load("graph.json")`',
    "env": "an environment variable, read when submitting; in `job` only",
}

CONSTANTS = {
    "pi": "half a turn, as a plain number of radians",
    "tau": "a full turn, as a plain number of radians",
    "e": "Euler's number",
    "turn": "a full turn: `0.25turn`, `x*turn`",
    "deg": "a degree: `90deg`, `x*deg`",
    "rad": "a radian: `1.5rad`, `x*rad`",
    "X": "the Pauli operator X of an index: `X[0]*X[1]`",
    "Y": "the Pauli operator Y of an index: `Y[0]`",
    "Z": "the Pauli operator Z of an index: `0.5*Z[0]`",
}

UNITS = ("turn", "deg", "rad")

FUNCTION_KEYS = {
    "type": "the kind of quantum function",
    "data": "its input, sent as written",
    "params": "a number for each of its parameters",
}
"""Keys of a `function` block; those of `energy` are in lower/blocks.py."""

GATESETS = {
    "qis": "textbook gates; a plain number as an angle is in radians",
    "native": "the machine's own gates; a plain number as an angle is in turns",
}

LATER_WORDS = {
    "def": "a function: `def bit(x, k = 0) = x >> k & 1`, whose value is one expression",
    "test": "a circuit with statements `expect`, which `ionqdsl test` runs; other commands skip it",
    "expect": 'a condition that holds at this place of the test, exactly: `expect prob("00") == 0.5`',
    "within": "how far apart two numbers may be and count as equal, or the final states of two circuits",
    "measure": "measures qubits and keeps the outcomes: `register m = measure q`, `s[i] = measure a`",
    "reset": "brings qubits to |0>, in the middle of a circuit too: `reset a`",
    "identity": "the circuit that changes nothing, as an argument of `same`",
}
"""Words of version 2 of the language, which have their meaning only at their places."""

MEANINGS = {**GATESETS, **CONSTANTS, **keywords.KEYWORD_MEANINGS, **FUNCTIONS}
"""All of them; here `native` means the block."""
