"""Explains the words of the language in one line each: keywords, functions, constants, units.

Tables only, for hover and completion; gates and keys of the job are explained in gates.py, job.py and lower/blocks.py.
"""

from __future__ import annotations

KEYWORDS = {
    "qubit": "declares qubits: `qubit q[4]`, `qubit a, b`; they start in |0> and are measured at the end",
    "let": "names a choice of qubits: `let half = q[0:2]`",
    "const": "names a value known when compiling: `const n = 4`",
    "param": "a number bound later, by `--set`, a sweep or from Python: `param theta`, `param th[4]`, `param x = 0.3`",
    "gate": "defines a gate: `gate rzx(theta) c, x { h x; zz(theta) c, x; h x }`",
    "circuit": "defines a circuit, perhaps with parameters: `circuit ghz(n = 4) { ... }`",
    "hamiltonian": "names a real sum of Pauli products: `hamiltonian h = 0.5*X[0]*X[1] + Z[0]`",
    "run": 'lists the circuits of the job: `run a, b(3) as "b3", c(t) for t in linspace(0, pi, 5)`',
    "energy": "asks for a mean energy: `energy { hamiltonian = h; ansatz = a; params = [0.1] }`",
    "function": 'any other quantum function: `function { type = "..."; data { ... } }`',
    "job": "the request to IonQ; its keys have the names of the API",
    "include": 'takes the definitions of another file: `include "gates.qc"`',
    "for": "repeats, when compiling: `for i in range(n) { ... }`",
    "in": "part of `for x in list`; as an operator, whether a list contains a value",
    "if": "chooses, when compiling: `if n > 2 { ... } else { ... }`; in expressions `x if c else y`",
    "else": "the other branch of an `if`; `else if` chains",
    "barrier": "keeps the optimiser from moving anything across it, on all qubits or those named",
    "verbatim": "a block the optimiser leaves exactly as it is written",
    "native": "a block of native gates inside a qis circuit; `gateset native` for a whole circuit",
    "register": "names measured qubits: `register out = q[0:2]`; `_` is an empty slot",
    "gateset": "`gateset qis` or `gateset native`: the gates that the names in this circuit mean",
    "gphase": "a global phase: `gphase(pi/4)`; real under control",
    "assert": 'stops compiling unless a condition holds: `assert n > 1, "too small"`',
    "as": 'names a circuit of a run: `run ghz(4) as "four"`',
    "and": "both conditions",
    "or": "one of the conditions",
    "not": "the opposite of a condition; as a gate, the same as `x`",
    "true": "the truth value",
    "false": "the truth value",
    "null": "no value",
    "ctrl": "a control before a gate: `ctrl @ h c, t`, `ctrl(2) @ z a, b, c`",
    "negctrl": "a control that acts on |0>: `negctrl @ x c, t`",
    "inv": "the inverse of a gate: `inv @ s q`",
    "pow": "a power of a gate: `pow(2) @ t q`, `pow(0.5) @ x q`",
}

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

MEANINGS = {**GATESETS, **CONSTANTS, **KEYWORDS, **FUNCTIONS}
"""All of them; here `native` means the block."""
