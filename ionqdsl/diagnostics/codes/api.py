"""Diagnostics: circuits built and bound from Python."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

API: tuple[Code, ...] = (
    Code(
        "QC0880",
        "the circuit has no parameter `{name}`",
        """A value was given for a parameter that no gate of the circuit uses. Perhaps the name is misspelt, or the
value was bound before; `circuit.parameters` lists what is still open. The elements of an array parameter are called
`th[0]`, `th[1]` ...; `bind(th=[0.1, 0.2])` gives values to all of them.""",
        helps=("did you mean `{suggestion}`?", "its open parameters: {names}"),
    ),
    Code(
        "QC0881",
        "{role} must be {wanted}, not {given}",
        """An argument is of the wrong kind. Values of parameters are real, finite numbers: integers, floats,
`Fraction`, numpy scalars or sympy numbers. Angles of gates may also be an `Angle` such as `45 * ionqdsl.deg`, a
parameter made with `ionqdsl.param("theta")`, or a sympy expression of such parameters.""",
        helps=("give {example}",),
    ),
    Code(
        "QC0882",
        "{what} needs numbers, but {names} has no value",
        """Matrices, states and runs need a number for every parameter. Give the values with `circuit.bind(theta=0.3)`,
which returns a new circuit, or evaluate many at once with `circuit.sweep(theta=values)`.""",
        helps=("bind it first: `circuit.bind({example}=0.1)`",),
    ),
    Code(
        "QC0883",
        "there is no gate `{name}` in a {gateset} circuit",
        """A circuit of the gateset `qis` takes IonQ's qis gates and OpenQASM's standard names, one of the gateset
`native` the native gates of an ion trap. The gate is neither, or it belongs to the other gateset: circuits are never
mixed row by row. A block of native gates goes into a qis circuit as a whole, with `circuit.verbatim(block)`.""",
        helps=(
            "did you mean `{suggestion}`?",
            '`{name}` is a {other} gate: build it in `Circuit(n, gateset="{other}")`',
        ),
    ),
    Code(
        "QC0884",
        "`{gate}` takes {wanted}, but {given} given",
        """Arguments stand in OpenQASM's order: first the parameters, then the qubits, as in `rx(theta, 0)`. A qubit
argument may be a list: a gate on one qubit is then applied to each, and lists of equal length are paired up.""",
        helps=("call it as `{example}`",),
    ),
    Code(
        "QC0885",
        "`{gate}` uses qubit {qubit} twice",
        """The qubits of one gate, its controls included, must all be different.""",
    ),
    Code(
        "QC0886",
        "there is no qubit {qubit}: the circuit has {width}",
        """Qubits are numbered from 0; negative numbers count from the end, as in Python lists.""",
        helps=("use 0 to {last}",),
    ),
    Code(
        "QC0887",
        "a {inner} circuit cannot be appended to a {outer} one",
        """All gates of a circuit belong to one gateset. `circuit.verbatim(block)` puts a native circuit into a qis one
as a block that the optimiser leaves alone, and `compile(circuit, target="qis")` translates it exactly.""",
        helps=("`{block}` inserts it as a block",),
    ),
    Code(
        "QC0888",
        "`{text}` cannot be used as an expression: {reason}",
        """Expressions of parameters are made of numbers, parameters, `pi`, `+ - * / **` and the functions sin, cos,
tan, asin, acos, atan, atan2, sqrt, exp, log, abs, floor, ceil, min and max, and their values are real.""",
    ),
    Code(
        "QC0889",
        "`{text}` has no real value {at}",
        """The values given lead to a division by zero, a root or logarithm of a negative number, or a number too large
to hold.""",
    ),
    Code(
        "QC0890",
        "the values of `{name}` are {given} long, those of `{other}` {wanted}",
        """In a sweep all parameters advance together: the first point takes the first value of each, and so on. Give
every parameter the same number of values; a single number stays constant. For a grid, combine the values first, for
example with `numpy.meshgrid(...)` and `.ravel()`.""",
    ),
    Code(
        "QC0891",
        "the text holds {count} circuits, but one is wanted",
        """`ionqdsl.ir.circuit(text)` makes one circuit. Texts with several, or with a job block, are programs:
`ionqdsl.program(text)` gives all of them, `ionqdsl.load(path)` reads a file.""",
        helps=("use `ionqdsl.program(text).circuits`",),
    ),
    Code(
        "QC0892",
        "`{name}` has {width} qubits, but {given} are there for it",
        """A circuit is added to another qubit by qubit: name as many qubits as it has, in its own order. Without names
its first qubit goes onto the first one of the larger circuit, and so on.""",
        helps=("name {width} qubits: `append(circuit, [...])`",),
    ),
    Code(
        "QC0893",
        "`{name}` cannot name a register",
        """Names consist of letters, digits and underscores, do not begin with a digit, are not keywords of the
language, and stand for one register only.""",
    ),
    Code(
        "QC0894",
        "native gates take no controls",
        """Controls, and powers that need them, are defined for qis gates only: the service's native gates have none.
Build the circuit of qis gates and compile it for the machine.""",
        helps=('compile it to qis first: `ionqdsl.pipeline(circuit, target="qis")`',),
    ),
    Code(
        "QC0895",
        "a circuit of {count} gates has no power {exponent}",
        """Whole powers exist for every circuit. A fractional power is the principal power of a single gate: build a
circuit that holds just that gate.""",
    ),
    Code(
        "QC0896",
        "`{name}` stands inside `{text}`, where an angle has no single meaning",
        """A parameter that enters linearly may be given an angle such as `30 * ionqdsl.deg`. Inside a product or a
function it is a plain number: radians in qis gates, turns in native ones. Only sin, cos and tan take angles.""",
        helps=("give `{name}` a plain number",),
    ),
    Code(
        "QC0897",
        "register `{name}` must read some qubits, each once",
        """A register is a group of measured qubits. Each is listed once, and at least one slot is a qubit; `None` is a
slot that nothing writes and that always reads 0.""",
    ),
    Code(
        "QC0898",
        "`{gate}` is given lists of {lengths} qubits",
        """Where qubits are given as lists, a gate is applied to the first of each, then to the second of each, and so
on, so the lists must be equally long. A single qubit beside them is used every time.""",
    ),
    Code(
        "QC0899",
        "`{text}` is no Pauli product on {qubits} qubits",
        """A product is written as one letter a qubit, `I`, `X`, `Y` or `Z`, the leftmost for the first qubit given:
`{"XX": 0.5, "ZI": 1}`. For a few letters on many qubits the text form is shorter: `"0.5*X[0]*X[7]"`.""",
        helps=("give {qubits} of the letters I, X, Y and Z",),
    ),
)
