"""Diagnostics about circuits built and bound from Python."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

API: tuple[Code, ...] = (
    Code(
        "QC0873",
        "{role} must be {wanted}, not {given}",
        """A function of the Python API was given something that it does not take. Circuits can be given as a
`Circuit`, as the text of a program, as a path (`pathlib.Path`, or text that ends like `bell.qc`), as a program, as a
sweep, or as a list or tuple of these. A circuit of another library has to be converted first.""",
        helps=("{hint}",),
    ),
    Code(
        "QC0874",
        "{problem}",
        """The members of a list become one job, in their order. Circuits, texts, programs and sweeps may be mixed;
programs that have settings must agree on them, because a job has each setting once. An energy or another quantum
function is a job of its own, and a list of lists has no single order of results.""",
        cases={
            "problem": {
                "empty": "the list has no circuits",
                "nested": "member {number} of the list is itself a list",
                "energy": "member {number} of the list is an energy or another quantum function",
                "settings": "the programs of the list have different values for `{setting}`: {values}",
                "request": "the list mixes requests that were read back with other programs",
            }
        },
        helps=("give the value for all: `{keyword}=...`", "{hint}"),
    ),
    Code(
        "QC0875",
        "there is no result named `{name}`",
        """The results of several circuits are found by position, as in a list, or by the name of the circuit.
`results.names` lists the names. Circuits of one name get numbers: `bell`, `bell 2`, `bell 3`.""",
        helps=("did you mean `{suggestion}`?", "choose one of {names}"),
        otherwise="choose a result by its position: `results[0]`",
    ),
    Code(
        "QC0876",
        "these are the results of {count:circuit}, so `{name}` is not one value",
        """The results of a list, a sweep or a program hold one result for each circuit. If there is exactly one, its
counts, probabilities and mean values can be read directly; if there are several, choose one of them first.""",
        helps=("choose one: `results[0].{name}`", "for all: `[result.{name} for result in results]`"),
    ),
    Code(
        "QC0877",
        "this result is {kind}, which has no `{name}`",
        """The result of a circuit has counts, probabilities, registers and mean values. The result of an energy is one
number, `value`.""",
        helps=(
            "an energy: `results.value`, or `[result.value for result in results]` at the points of a sweep",
            'the mean value of an operator: `results.expectation("Z[0]*Z[1]")`',
        ),
    ),
    Code(
        "QC0878",
        "`{name}` was compiled under `{contract}`, and becomes a part of another circuit",
        """The contract names the properties that a compilation preserves. `measurement` and `outcomes` preserve the
outcomes of a measurement at the end, but not the phases of the state, and they may rename inputs; `registers` preserves
only the outcomes that the registers read. Gates before or after the compiled circuit, its inverse and its controlled
form depend on more than that, so they may give other results than with the circuit before it was compiled. They do not
if they only flip outcomes or turn their phases.""",
        severity="warning",
        helps=("build the whole circuit first and compile it", 'or compile the part with `preserve="unitary"`'),
    ),
    Code(
        "QC0880",
        "the circuit has no parameter `{name}`",
        """A value was given for a parameter that no gate of the circuit uses. Perhaps the name is misspelt, or the
parameter has been bound before; `circuit.parameters` lists the open ones. The elements of an array parameter are called
`th[0]`, `th[1]` ...; `bind(th=[0.1, 0.2])` gives values to all of them.""",
        helps=("did you mean `{suggestion}`?", "use one of its open parameters: {names}"),
        otherwise="leave the value out: every parameter has one",
    ),
    Code(
        "QC0881",
        "{role} must be {wanted}, not {given}",
        """An argument is of the wrong kind. Values of parameters are real, finite numbers: integers, floats,
`Fraction`, numpy scalars or sympy numbers. Angles of gates may also be an `Angle` such as `45 * ionqdsl.deg`, a
parameter made with `ionqdsl.param("theta")`, or a sympy expression of such parameters.""",
        helps=("did you mean `{suggestion}`?", "give {example}"),
    ),
    Code(
        "QC0882",
        "{what} needs numbers, but these parameters have no value: {names}",
        """Matrices, states and runs need a number for every parameter. Give the values with `circuit.bind(theta=0.3)`,
which returns a new circuit, or evaluate many at once with `circuit.sweep(theta=values)`.""",
        helps=("bind it first: `circuit.bind({example}=0.1)`",),
    ),
    Code(
        "QC0883",
        "there is no gate `{name}` in {home}",
        """Circuits of the gateset `qis` take IonQ's qis gates and OpenQASM's standard gates, those of `native` the
native gates of an ion trap, and a file has the gates that it defines. This gate is not among them, and a circuit never
mixes the two gatesets row by row. To put a block of native gates into a qis circuit, use `circuit.verbatim(block)`.""",
        helps=(
            "did you mean `{suggestion}`?",
            '`{name}` is a {other} gate: build it in `Circuit(n, gateset="{other}")`',
            "`ionqdsl doc {file}` lists the gates of the file",
        ),
        otherwise="use a gate of IonQ or of OpenQASM, or build it from these",
    ),
    Code(
        "QC0884",
        "`{gate}` takes {wanted}, but {given} given",
        """Arguments are in OpenQASM's order: first the parameters, then the qubits, as in `rx(theta, 0)`. A qubit
argument may be a list: a one-qubit gate is then applied to each qubit, and lists of equal length are paired up.""",
        helps=("call it as `{example}`",),
    ),
    Code(
        "QC0885",
        "`{gate}` uses qubit {qubit} twice",
        """The qubits of one gate, its controls included, must all be different.""",
        helps=("use a different qubit for each operand of the gate",),
    ),
    Code(
        "QC0886",
        "there is no qubit {qubit}: the number of qubits is {width}",
        """Qubits are numbered from 0; negative numbers count from the end, as in Python lists.""",
        helps=("use {indices}",),
    ),
    Code(
        "QC0887",
        "a {inner} circuit cannot be appended to a {outer} one",
        """All gates of a circuit belong to one gateset. `circuit.verbatim(block)` puts a native circuit into a qis one
as a block that the optimiser does not change, and `compile(circuit, target="qis")` translates it exactly.""",
        helps=("`{block}` inserts it as a block",),
    ),
    Code(
        "QC0888",
        "`{text}` cannot be used as an expression: {reason}",
        """Expressions of parameters consist of numbers, parameters, `pi`, `+ - * / **` and the functions sin, cos, tan,
asin, acos, atan, atan2, sqrt, exp, log, abs, floor, ceil, min and max, and their values are real.""",
        helps=("{hint}",),
        otherwise="use numbers, parameters, `pi`, `+ - * / **` and the functions of `ionqdsl explain QC0888`",
    ),
    Code(
        "QC0889",
        "`{text}` has no real value {at}",
        """The values given lead to a division by zero, a root or logarithm of a negative number, or a number too large
to hold.""",
        helps=("give values for which the expression is real and finite",),
    ),
    Code(
        "QC0890",
        "the numbers of values differ: {given} for `{name}`, {wanted} for `{other}`",
        """In a sweep all parameters advance together: the first point uses the first value of each, and so on. Give
every parameter the same number of values; a single number stays constant. For a grid, combine the values first, for
example with `numpy.meshgrid(...)` and `.ravel()`.""",
        helps=("give every parameter equally many values, or a single number",),
    ),
    Code(
        "QC0891",
        "the text contains {count:circuit}, but exactly one is needed",
        """`ionqdsl.circuit(text)` makes one circuit. A text with several, or with a job block, is a program:
`ionqdsl.program(text)` gives all of them, `ionqdsl.load(path)` reads a file.""",
        helps=("use `ionqdsl.program(text).circuits`",),
    ),
    Code(
        "QC0892",
        "`{name}` has {width:qubit}, but {given:were} given for it",
        """`append` maps each qubit of the appended circuit to one of the larger circuit: name as many as the appended
circuit has, in its order. Without names its first qubit becomes the first of the larger circuit, and so on.""",
        helps=("name {width:qubit}: `append(circuit, [...])`",),
    ),
    Code(
        "QC0893",
        "`{name}` cannot name a register",
        """Names consist of letters, digits and underscores, do not begin with a digit, are not keywords of the
language, and are used for one register only.""",
        helps=("choose a new name of letters, digits and underscores that is not a keyword",),
    ),
    Code(
        "QC0894",
        "native gates take no controls",
        """Controls, and powers that need them, are defined for qis gates only: the service's native gates have none.
Build the circuit from qis gates and compile it for the machine.""",
        helps=('compile it to qis gates first: `iq.compile(circuit, target="qis")`',),
    ),
    Code(
        "QC0895",
        "a circuit of {count:gate} has no power {exponent}",
        """Whole powers exist for every circuit. A fractional power is the principal power of a single gate: build a
circuit of just that gate.""",
        helps=("use a whole exponent, or a circuit of one gate",),
    ),
    Code(
        "QC0896",
        "`{name}` is used in `{text}`, where an angle has no single meaning",
        """If an angle is linear in a parameter, the parameter may be given an angle such as `30 * ionqdsl.deg`. Inside
a product or a function it is a plain number: radians in qis gates, turns in native ones. Only sin, cos and tan take
angles.""",
        helps=("give `{name}` a plain number",),
    ),
    Code(
        "QC0897",
        "register `{name}` must read some qubits, each once",
        """A register is a group of measured qubits. Each is listed once, and at least one slot is a qubit; a slot
`None` has no qubit and always reads 0.""",
        helps=("name at least one qubit, and each only once",),
    ),
    Code(
        "QC0898",
        "`{gate}` needs lists of equal length, but has lists of {lengths} qubits",
        """If qubits are given as lists, the gate is applied to the first qubit of each list, then to the second of
each, and so on, so the lists must have equal length. A single qubit next to a list is used every time.""",
        helps=("give lists of equal length, or a single qubit in place of a list",),
    ),
    Code(
        "QC0899",
        "`{text}` is not a Pauli product on {qubits:qubit}",
        """A product is written as one letter per qubit, `I`, `X`, `Y` or `Z`, the leftmost for the first qubit given:
`{"XX": 0.5, "ZI": 1}`. For a few letters on many qubits the text form is shorter: `"0.5*X[0]*X[7]"`.""",
        helps=("write {qubits:letter}, each I, X, Y or Z",),
    ),
)
