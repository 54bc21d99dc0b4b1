"""Diagnostics of measurements and resets in the middle of a circuit."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

MEASUREMENTS: tuple[Code, ...] = (
    Code(
        "QC0290",
        "slot `{slot}` is written a second time",
        """Each measurement writes its outcome to a slot of its own. A second one would replace the first outcome, which
would then be lost. In a loop, the slot has the loop's variable as its index: `s[i] = measure a`.""",
        labels={"first": "written here first"},
        helps=("give the register more slots, and each measurement one of its own",),
        example="qubit a\nregister s[2]\nh a\ns[0] = measure a\ns[0] = measure a\n",
        fixed="qubit a\nregister s[2]\nh a\ns[0] = measure a\ns[1] = measure a\n",
    ),
    Code(
        "QC0291",
        "nothing writes {count:slot} of register `{name}`",
        """The register declares more slots than measurements write. The results show `_` in place of an outcome that
does not exist. Every other outcome keeps its place.""",
        helps=("measure into each slot, or declare fewer",),
        example="qubit a\nregister s[2]\nh a\ns[0] = measure a\nreset a\n",
        fixed="qubit a\nregister s[1]\nh a\ns[0] = measure a\nreset a\n",
        severity="warning",
    ),
    Code(
        "QC0292",
        "the outcome of `measure` has no place",
        """All qubits are measured at the very end. A measurement before it writes its outcome to a slot of a register,
so that the results contain it. One line declares the register and measures; a loop writes to slots that are declared
above it.""",
        helps=("write `{fixed}`, or declare `register m[n]` and write `m[i] = measure ...`",),
        otherwise="write `register m = measure q`, or declare `register m[n]` and write `m[i] = measure ...`",
        example="qubit a\nh a\nmeasure a\nh a\n",
        fixed="qubit a\nh a\nregister m = measure a\nh a\n",
    ),
    Code(
        "QC0293",
        "a register that measurements write cannot be called `{name}`",
        """Circuits with measurements in the middle are sent as OpenQASM 3, whose keywords cannot name registers. The
service itself adds a register `output_all`, with the final readout of all qubits.""",
        helps=("choose another name, such as `{name}_`",),
        example="qubit a\nh a\nregister output = measure a\nh a\n",
        fixed="qubit a\nh a\nregister parity = measure a\nh a\n",
    ),
    Code(
        "QC0294",
        "`{what}` is not a gate, so it {place}",
        """Gates can be inverted, controlled and repeated. A measurement or a reset cannot, because nothing undoes it.
So neither may be in the definition of a gate or after a modifier. A circuit may contain both, also in loops.""",
        cases={
            "place": {"gate": "cannot be in the body of a gate", "modifier": "takes no modifier"},
            "remedy": {"gate": "move it to the circuit", "modifier": "leave the modifier out"},
        },
        helps=("{remedy}",),
        example="gate clear a { reset a }\nqubit q\nh q\nclear q\n",
        fixed="qubit q\nh q\nreset q\n",
    ),
    Code(
        "QC0295",
        "a qubit is measured twice by one statement",
        """The qubits of one `measure` are different, like the operands of a gate. To measure a qubit again, write a
second statement with another slot.""",
        helps=("name each qubit once",),
        example="qubit q[2]\nh q\nregister m = measure q[0], q\nh q\n",
        fixed="qubit q[2]\nh q\nregister m = measure q\nh q\n",
    ),
    Code(
        "QC0296",
        "{qubits:qubit} measured into {slots:slot} of `{name}`",
        """A measurement writes one slot for each qubit, in the order in which both are named. A
register of more slots may be filled by several measurements, each with its own part of it.""",
        helps=(
            "choose as many slots as qubits: `{name}[0:{fitting}]`",
            "declare as many slots as qubits: `register {name}[{needed}]`",
            'choose as many places as qubits: `measure(..., "{name}", range({places}))`',
            'make as many slots as qubits: `register("{name}", {made})`',
        ),
        example="qubit q[2]\nregister m[4]\nh q\nm = measure q\nh q\n",
        fixed="qubit q[2]\nregister m[2]\nh q\nm = measure q\nh q\n",
    ),
    Code(
        "QC0297",
        "this gate depends on an outcome, and no target of IonQ takes branches",
        """IonQ's machines and simulators refuse `if` on outcomes. A circuit without branches gives the same results:
every measurement moves to the end, on a qubit of its own, and gates under `if` get controls. `--defer` writes that
circuit, for every target; it may need more qubits.""",
        helps=("compile with `--defer`",),
    ),
    Code(
        "QC0298",
        "`{name}` holds outcomes, which are known only when the circuit runs",
        """The compiler evaluates expressions, but only the running circuit has outcomes. They may appear in the
condition of an `if`, whose gates then act in some shots only.""",
        helps=("use it in a condition: `if {slot} {{ ... }}`",),
        example="qubit a\nh a\nregister m = measure a\nrx(m[0]*pi) a\n",
        fixed="qubit a\nh a\nregister m = measure a\nif m[0] { rx(pi) a }\n",
    ),
    Code(
        "QC0299",
        "`{what}` cannot depend on an outcome",
        """The body of an `if` on outcomes contains gates, also in loops and in compile-time conditions. Qubits and
registers exist in all shots or in none. A measurement or reset in some shots only has no place in the results. Verbatim
blocks are sent as they are written, without controls.""",
        helps=("move it out of the `if`",),
        example="qubit a\nh a\nregister m = measure a\nif m[0] { reset a }\n",
        fixed="qubit a\nh a\nregister m = measure a\nif m[0] { x a }\n",
    ),
    Code(
        "QC0300",
        "an ansatz cannot measure or reset qubits",
        """An energy is the mean of an operator in the state that the ansatz prepares. The service takes only gates
there, and the mean would depend on the outcomes.""",
        helps=("prepare the state by gates alone",),
        example="hamiltonian h = Z[0]\ncircuit a { qubit q; h q; reset q }\nenergy { hamiltonian = h; ansatz = a }\n",
        fixed="hamiltonian h = Z[0]\ncircuit a { qubit q; h q }\nenergy { hamiltonian = h; ansatz = a }\n",
    ),
    Code(
        "QC0334",
        "a register of {size} slots: 1 to {limit} are possible",
        """A register has one slot for each outcome. The compiler has to know its length, which may be a formula such as
`register s[2*rounds]`.""",
        helps=("declare one slot for each measurement",),
        example="qubit a\nregister m[0]\nh a\n",
        fixed="qubit a\nregister m[1]\nh a\nm[0] = measure a\n",
    ),
    Code(
        "QC0335",
        "`{name}` has no slots that a measurement can write",
        """A measurement writes to a register that is declared with slots: `register m[2]`, or `register m` for one
outcome. A register such as `register out = q` reads qubits at the very end.""",
        helps=(
            "write `register {undeclared} = measure ...`, or declare `register {undeclared}[n]` above",
            'make it first: `register("{unmade}", n)` has n slots',
            "measure into another register, such as `{other}`",
        ),
        example="qubit a, b\nh a\nm = measure a\nh a\n",
        fixed="qubit a, b\nh a\nregister m = measure a\nh a\n",
    ),
    Code(
        "QC0336",
        "`{name}` is a single slot",
        """`register m` declares a single slot without an index, as `qubit a` declares a single qubit. `register m[1]`
declares a register of one slot, `m[0]`.""",
        helps=("leave out the brackets, or declare `register {name}[n]`",),
        example="qubit a\nregister m\nh a\nm[0] = measure a\nh a\n",
        fixed="qubit a\nregister m\nh a\nm = measure a\nh a\n",
    ),
    Code(
        "QC0337",
        "nothing has written `{slot}` yet",
        """A condition can look only at outcomes of measurements above it, which in a loop include those of earlier
rounds. Move the `if` below the measurement.""",
        helps=("measure into `{slot}` above it",),
        example="qubit a, b\nregister m\nh a\nif m { x b }\nm = measure a\n",
        fixed="qubit a, b\nregister m\nh a\nm = measure a\nif m { x b }\n",
    ),
    Code(
        "QC0338",
        "this condition looks at {count} outcomes: at most {limit} are possible",
        """The compiler evaluates a condition for each combination of its outcomes. n outcomes have 2^n combinations,
and each one becomes gates of its own.""",
        helps=("look at fewer outcomes, or write an `if` for each",),
        example="qubit q[12], t\nh q\nregister m = measure q\nif m == [1]*12 { x t }\nh q\n",
        fixed="qubit q[12], t\nh q\nregister m = measure q\nif m[0] and m[1] { x t }\nh q\n",
    ),
    Code(
        "QC0339",
        "`reset` takes qubits and nothing else",
        """`reset q` brings each qubit that it names to |0>: a single one, a register or a slice. It has no
parameters, and `inv @` or `ctrl @` cannot apply to it.""",
        helps=("write `{fixed}`",),
        otherwise="write `reset q`",
        example="qubit q\nh q\nreset(0.5) q\n",
        fixed="qubit q\nh q\nreset q\n",
    ),
    Code(
        "QC0340",
        "this `if` looks at outcomes, which no target of IonQ does while a circuit runs",
        """The local machine follows the branches. IonQ's machines and simulators refuse them; `--defer` writes a
circuit with controls in place of branches, which every target takes and which gives the same registers.""",
        helps=("compile and submit it with `--defer`",),
        severity="note",
    ),
    Code(
        "QC0341",
        "native gate `{gate}` depends on an outcome, and cannot get a control",
        """`--defer` turns conditions into controls. Native gates are pulses on one or two qubits and take no controls.
Abstract gates do, and the compiler makes pulses of the result.""",
        helps=("write abstract gates in its place, such as `x` for `gpi(0)`",),
    ),
    Code(
        "QC0342",
        "qubits of `{circuit}` cannot share wires, because it has no registers",
        """`--reuse` measures a qubit after its last gate and then uses its wire for another qubit. The qubits are never
all there at the end, so only registers keep outcomes.""",
        helps=("name the qubits to read: `register out = q`",),
    ),
    Code(
        "QC0343",
        "`{text}` looks at no outcome of a measurement in the middle",
        """The condition of `circuit.when` is that of an `if` in the language: `"m[0] and not m[1]"`. It looks at
registers that `circuit.measure(qubits, into="m")` has written. A register of qubits is read at the very end.""",
        helps=("name a register that measurements write: {registers}",),
        otherwise='measure first: `circuit.measure(0, into="m")`, then `with circuit.when("m[0]"): ...`',
    ),
    Code(
        "QC0344",
        "rows cannot be inserted or deleted while a condition is open",
        """Gates that are added inside `with circuit.when(...)` depend on an outcome, and the rows before them do not.
An edit of the rows inside would leave unclear which of them are meant.""",
        helps=("only add gates inside the `with`, and edit the circuit after it",),
    ),
    Code(
        "QC0635",
        "`{operator}` compares {left} with {right} in a condition on outcomes",
        """Such values are never equal, so the branch would always be taken, or never. An outcome is the number 0 or 1.
A register with several slots is a list of them, and so is one of a single slot that has an index. Lists are equal
only if they have as many parts.""",
        helps=("write `{fix}`",),
        otherwise="compare an outcome with 0 or 1, `m[0] == 1`, and a register with a list of as many, `m == [1, 0]`",
        example="qubit a, b\nh a\nregister m = measure a\nif m == 1 { x b }\nh a\n",
        fixed="qubit a, b\nh a\nregister m = measure a\nif m[0] == 1 { x b }\nh a\n",
    ),
    Code(
        "QC0636",
        "the measurements of the native circuit `{circuit}` move to the end for no machine in particular",
        """A qubit that goes on after its measurement has its outcome copied to another one. That takes gates of a
machine, and no backend or target says which.""",
        helps=("name the machine: `--target forte`, or `--target aria` for a circuit with `ms`",),
    ),
)
