"""The keywords of the language and their meanings; no variable, gate or parameter may have such a name."""

from __future__ import annotations

KEYWORD_MEANINGS = {
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
    "register": "names qubits to read, `register out = q[0:2]`, or slots of outcomes, `register s[2]`; `_`: empty slot",
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
"""Keyword -> its meaning in one line, as the editor shows it."""

KEYWORDS = frozenset(KEYWORD_MEANINGS)
UNCALLABLE = KEYWORDS - {"not", "gphase"}
"""Keywords that are never applied as a gate is."""

ITEMS = frozenset({"job", "gate", "circuit", "hamiltonian", "run", "energy", "function", "include"})
"""Keywords of statements that are allowed only at the top level."""
