"""The gate table: everything the compiler knows about each gate, one row per gate.

Every gate here is a rotation about an involution G with a global phase,

    U = exp(i 2 pi phase) * exp(-i pi rotation G),      phase and rotation in turns,

and, with parameters, both are linear in the last parameter. The matrix, the inverse, real powers, whether it is
diagonal, and the one interaction that a controlled gate needs all follow from a row; so do its payload keys and its
names in other formats. Standard names that are compositions (`ccx`, `u`, `iswap` ...) are defined in
grammar/stdgates.qc instead. Conventions: docs.ionq.com (native gates, turns), docs/language.md; matrices in
matrices.py.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

from ionqdsl.ir.angle import ZERO, Angle, Exact
from ionqdsl.record import record


@record
class Parameter:
    """A gate's parameter: its unit is `rad`, `turn`, or a plain number (`number`, `us`, `operator`)."""

    name: str
    unit: str
    default: Fraction | None = None

    @property
    def text(self) -> str:
        """For listings: `theta: rad`, `steps: number = 0`."""
        return f"{self.name}: {self.unit}" + (f" = {self.default}" if self.default is not None else "")


_ORDER = Parameter("order", "number", Fraction(1))
"""The order of the product formula of `pauliexp`: its rows are of the first order."""


@record
class Linear:
    """`constant` turns + `factor` times the gate's last parameter (an angle)."""

    constant: Exact = 0
    factor: Exact = 0

    def at(self, angles: tuple[Angle, ...]) -> Angle:
        """The value, as an angle, for a gate's angles."""
        value = angles[-1] * self.factor if self.factor else ZERO
        return value + Angle(self.constant) if self.constant else value


@record
class Gate:
    """A row of the table.

    `key` is unique; `name` is its spelling in programs and payloads (qis and native `zz` share one). `axis` names G,
    one letter an operand: X Y Z, H = (X+Z)/sqrt 2, P = cos(2 pi p) X + sin(2 pi p) Y with p the operand's phase
    parameter, or SWAP. `payload_keys` lists the JSON keys of the parameters, in order, empty if the schema has none.

    `qasm2` and `qasm3` are OpenQASM's names for the gate with 0, 1, 2 ... controls, as far as it has any. A name that
    the standard library lacks is defined in the text. `qiskit` is the class in qiskit's library, "" if it has none.
    `label` is the text in drawings.
    """

    key: str
    name: str
    gateset: str
    operands: int
    parameters: tuple[Parameter, ...]
    axis: str
    rotation: Linear
    phase: Linear
    payload_keys: tuple[str, ...]
    payload_name: str | None  # None: not in payloads, must be rewritten
    qasm2: tuple[str, ...]
    qasm3: tuple[str, ...]
    qiskit: str
    label: str
    meaning: str
    controls: int = 0  # the first operands that are controls: 1 for cnot

    @cached_property
    def required(self) -> int:
        """How many parameters must be given."""
        return sum(parameter.default is None for parameter in self.parameters)

    @cached_property
    def is_rotation(self) -> bool:
        """Whether the last parameter is the rotation angle."""
        return bool(self.rotation.factor)

    @cached_property
    def is_diagonal(self) -> bool:
        """Whether the matrix is diagonal for every parameter."""
        return set(self.axis) == {"Z"}

    @cached_property
    def is_phase(self) -> bool:
        """Whether the gate is fixed and one of its two eigenphases is 0: the other is its rotation, in turns."""
        return not self.parameters and 2 * self.phase.constant == self.rotation.constant != 0

    @cached_property
    def phases(self) -> int:
        """The number of angles that are phases of operands; they come first."""
        return self.axis.count("P")

    @property
    def formals(self) -> tuple[Parameter, ...]:
        """The parameters of a call in a program: those of a row, and for `pauliexp` one that lowering settles."""
        return (*self.parameters, _ORDER) if self.key == "pauliexp" else self.parameters

    @cached_property
    def signature(self) -> str:
        """The form of a call, for listings: `rx(theta: rad) q0`."""
        inner = ", ".join(parameter.text for parameter in self.formals)
        operands = "operands" if self.operands < 0 else ", ".join("abcdefgh"[: self.operands])
        return f"{self.name}({inner}) {operands}".strip() if inner else f"{self.name} {operands}"


def _row(
    key: str,
    operands: int,
    parameters: str,
    axis: str,
    rotation: str,
    phase: str,
    sent: str,
    payload_keys: str,
    qasm2: str,
    qasm3: str,
    qiskit: str,
    label: str,
    meaning: str,
    gateset: str = "qis",
    controls: int = 0,
) -> Gate:
    return Gate(
        key,
        key.removesuffix("_native"),
        gateset,
        operands,
        tuple(_parameter(text) for text in parameters.split(",") if text),
        axis,
        _linear(rotation),
        _linear(phase),
        tuple(payload_keys.split()),
        sent or None,
        tuple(name.strip() for name in qasm2.split(",") if name),
        tuple(name.strip() for name in qasm3.split(",") if name),
        qiskit,
        label,
        meaning,
        controls,
    )


def _parameter(text: str) -> Parameter:
    name, _, rest = text.strip().partition(":")
    unit, _, default = rest.strip().partition("=")
    return Parameter(name, unit.strip(), Fraction(default.strip()) if default else None)


def _linear(text: str) -> Linear:
    """Parses `1/4` as a constant, `a` as the last parameter, `2a` as twice and `a/2` as half of it."""
    if "a" not in text:
        return Linear(constant=Fraction(text))
    before, _, after = text.partition("a")
    return Linear(factor=Fraction(before or 1) / Fraction(after.removeprefix("/") or 1))


# fmt: off
GATES: dict[str, Gate] = {gate.key: gate for gate in (
    #    key          n   parameters                                      G       rotation  phase    sent        JSON
    # keys              qasm2          qasm3          qiskit       label   meaning
    _row("x",          1, "",                                             "X",    "1/2",    "1/4",   "x",        "",                    "x, cx, ccx",  "x, cx, ccx",  "XGate",     "X",    "bit flip: |0> <-> |1>"),
    _row("not",        1, "",                                             "X",    "1/2",    "1/4",   "not",      "",                    "x, cx, ccx",  "x, cx, ccx",  "",          "X",    "the same as x"),
    _row("y",          1, "",                                             "Y",    "1/2",    "1/4",   "y",        "",                    "y, cy",       "y, cy",       "YGate",     "Y",    "Pauli Y: |0> -> i|1>, |1> -> -i|0>"),
    _row("z",          1, "",                                             "Z",    "1/2",    "1/4",   "z",        "",                    "z, cz",       "z, cz",       "ZGate",     "Z",    "phase flip: diag(1, -1)"),
    _row("h",          1, "",                                             "H",    "1/2",    "1/4",   "h",        "",                    "h, ch",       "h, ch",       "HGate",     "H",    "Hadamard: (X + Z)/sqrt 2"),
    _row("s",          1, "",                                             "Z",    "1/4",    "1/8",   "s",        "",                    "s",           "s",           "SGate",     "S",    "square root of z: diag(1, i)"),
    _row("si",         1, "",                                             "Z",    "-1/4",   "-1/8",  "si",       "",                    "sdg",         "sdg",         "SdgGate",   "S†",   "inverse of s: diag(1, -i)"),
    _row("t",          1, "",                                             "Z",    "1/8",    "1/16",  "t",        "",                    "t",           "t",           "TGate",     "T",    "fourth root of z: diag(1, e^{i pi/4})"),
    _row("ti",         1, "",                                             "Z",    "-1/8",   "-1/16", "ti",       "",                    "tdg",         "tdg",         "TdgGate",   "T†",   "inverse of t: diag(1, e^{-i pi/4})"),
    _row("v",          1, "",                                             "X",    "1/4",    "1/8",   "v",        "",                    "sx, csx",     "sx",          "SXGate",    "√X",   "square root of x: e^{i pi/4} rx(pi/2)"),
    _row("vi",         1, "",                                             "X",    "-1/4",   "-1/8",  "vi",       "",                    "sxdg",        "inv @ sx",    "SXdgGate",  "√X†",  "inverse of v"),
    _row("rx",         1, "theta:rad",                                    "X",    "a",      "0",     "rx",       "rotation",            "rx, crx",     "rx, crx",     "RXGate",    "Rx",   "exp(-i theta/2 X)"),
    _row("ry",         1, "theta:rad",                                    "Y",    "a",      "0",     "ry",       "rotation",            "ry, cry",     "ry, cry",     "RYGate",    "Ry",   "exp(-i theta/2 Y)"),
    _row("rz",         1, "theta:rad",                                    "Z",    "a",      "0",     "rz",       "rotation",            "rz, crz",     "rz, crz",     "RZGate",    "Rz",   "exp(-i theta/2 Z)"),
    _row("p",          1, "lambda:rad",                                   "Z",    "a",      "a/2",   "",         "",                    "u1, cu1",     "p, cp",       "PhaseGate", "P",    "phase: diag(1, e^{i lambda})"),
    _row("cnot",       2, "",                                             "X",    "1/2",    "1/4",   "cnot",     "",                    "x, cx, ccx",  "x, cx, ccx",  "",          "X",    "x on the second where the first is |1>", controls=1),
    _row("swap",       2, "",                                             "SWAP", "1/2",    "1/4",   "swap",     "",                    "swap, cswap", "swap, cswap", "SwapGate",  "SWAP", "exchanges two qubits"),
    _row("xx",         2, "theta:rad",                                    "XX",   "a",      "0",     "xx",       "rotation",            "rxx",         "rxx",         "RXXGate",   "XX",   "exp(-i theta/2 XX)"),
    _row("yy",         2, "theta:rad",                                    "YY",   "a",      "0",     "yy",       "rotation",            "ryy",         "ryy",         "RYYGate",   "YY",   "exp(-i theta/2 YY)"),
    _row("zz",         2, "theta:rad",                                    "ZZ",   "a",      "0",     "zz",       "rotation",            "rzz",         "rzz",         "RZZGate",   "ZZ",   "exp(-i theta/2 ZZ), theta in radians"),
    _row("pauliexp",  -1, "time:number,operator:operator,steps:number=0", "",     "0",      "0",     "pauliexp", "time",                "",            "",            "",          "exp",  "exp(-i time operator) for a real sum of Pauli products"),
    _row("gpi",        1, "phase:turn",                                   "P",    "1/2",    "1/4",   "gpi",      "phase",               "gpi",         "gpi",         "",          "GPi",  "pi pulse about cos(2 pi phase) X + sin(2 pi phase) Y", "native"),
    _row("gpi2",       1, "phase:turn",                                   "P",    "1/4",    "0",     "gpi2",     "phase",               "gpi2",        "gpi2",        "",          "GPi2", "pi/2 pulse about the same axis", "native"),
    _row("ms",         2, "phase0:turn,phase1:turn,angle:turn=1/4",       "PP",   "a",      "0",     "ms",       "phases phases angle", "ms",          "ms",          "",          "MS",   "Molmer-Sorensen: exp(-i pi angle gpi(phase0) gpi(phase1))", "native"),
    _row("zz_native",  2, "angle:turn",                                   "ZZ",   "a",      "0",     "zz",       "angle",               "zz",          "zz",          "",          "ZZ",   "exp(-i pi angle ZZ), angle in turns", "native"),
    _row("nop",        0, "time:us",                                      "",     "0",      "0",     "nop",      "time",                "",            "",            "",          "wait", "waits for that many microseconds", "native"),
)}
# fmt: on

NAMES: dict[str, dict[str, str]] = {
    gateset: {gate.name: gate.key for gate in GATES.values() if gate.gateset == gateset}
    for gateset in ("qis", "native")
}
"""Gateset -> spelling -> key."""

SYNONYMS = {"not": "x"}
"""Keys of equivalent gates; comparisons use the right-hand one."""


def rotation_of(key: str, angles: tuple[Angle, ...]) -> Angle:
    """The angle of rotation about the gate's axis."""
    return GATES[key].rotation.at(angles)


def phase_of(key: str, angles: tuple[Angle, ...]) -> Angle:
    """The global phase next to the rotation."""
    return GATES[key].phase.at(angles)
