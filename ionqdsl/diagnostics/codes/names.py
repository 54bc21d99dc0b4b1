"""Diagnostics about names, and about applying gates to qubits."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

NAMES: tuple[Code, ...] = (
    Code(
        "QC0201",
        "`{name}` is not defined",
        """An expression uses a name that has no meaning here. Values are named by `const`, `param` and `hamiltonian`,
by the parameters of a `gate` or `circuit`, and by the variable of a `for`.

A name is known from its definition to the end of the block that contains it: names defined inside `{ ... }` are unknown
outside, and gate bodies see only their own parameters and the definitions at the top level of the file. The constants
`pi`, `tau`, `e`, `turn`, `deg`, `rad` and the operators `X`, `Y`, `Z` are always known.""",
        helps=(
            "did you mean `{suggestion}`?",
            "write the product of Pauli matrices as `{product}`",
            "only circuits see the qubits `{qubits}`: name their number, `const n = 4`, and write `qubit {qubits}[n]`",
        ),
        otherwise="define it first: `const {name} = 1`, or `param {name}` for a value from outside",
        example="const theta = pi/3\nqubit q\nrx(thetta) q\n",
        fixed="const theta = pi/3\nqubit q\nrx(theta) q\n",
    ),
    Code(
        "QC0202",
        "there is no gate `{gate}`",
        """The first word of the line is not a gate: neither one of IonQ's gates, nor one of OpenQASM's standard gates,
nor one defined in this file or its includes. Case matters (`U` and `u` exist, `H` does not).

Gates and values are separate: a `const` cannot be applied, and a gate is not a value. `ionqdsl explain cnot` shows a
gate; the reference lists them all. Define your own gate with `gate name(angles) a, b { ... }`, before or after its
first use.""",
        helps=(
            "write `{fixed}`",
            'it is in the standard library: `include "{library}"`',
            "did you mean `{suggestion}`?",
            "`{qubits}` names qubits: write the gate before them, such as `h {qubits}`",
        ),
        otherwise="define it with `gate {gate} a, b {{ ... }}`",
        example="qubit q[2]\nh q[0]\ncnott q[0], q[1]\n",
        fixed="qubit q[2]\nh q[0]\ncnot q[0], q[1]\n",
    ),
    Code(
        "QC0203",
        "gate `{gate}` takes {wants:qubit}, but {given:were} given",
        """The number of operands differs from the number of qubits the gate acts on. Commas separate operands, and
controls come first: `ctrl @ h` takes two, the control and the target.

A register may take the place of a qubit: `h q` applies `h` to every qubit of `q`, and `cnot a, b` pairs up two
registers of equal length. Otherwise the qubits of all operands are taken in order, if their number fits: `cnot q` for
`qubit q[2]`, or `ctrl(4) @ x q, t` for `qubit q[4], t`. The same holds in the body of a `gate`.""",
        helps=(
            "apply it to {given:each} with `{fix}`",
            "the qubits of `{controlled} @` come first and count too",
            "call it as `{example}`",
        ),
        example="qubit q[2]\nrx(pi/2) q[0], q[1]\n",
        fixed="qubit q[2]\nrx(pi/2) q\n",
    ),
    Code(
        "QC0204",
        "`{gate}` is a native gate, but only qis gates are allowed here",
        """A circuit is written in one of two gatesets. `qis` contains the gates of textbooks, `native` the gates that
the machine carries out: `gpi`, `gpi2`, `ms`, `zz` and `nop`. Native gates take their phases and angles in turns, so a
native gate among qis gates would be easy to misread.

Either begin the whole circuit with `gateset native`, or put the native gates into a block, `native { gpi(0.25) q[0] }`.
The block stays exactly as it is if the target has these gates and is translated if it does not. In gate bodies only the
block is allowed.""",
        helps=("put it into a `native {{ ... }}` block, or begin the circuit with `gateset native`",),
        example="qubit q\nh q\ngpi(0.25) q\n",
        fixed="qubit q\nh q\nnative { gpi(0.25) q }\n",
    ),
    Code(
        "QC0205",
        "`{gate}` is not a native gate, but only native gates are allowed here",
        """A `native { ... }` block, or a circuit that begins with `gateset native`, takes native gates only: `gpi`,
`gpi2`, `ms`, `zz` and `nop`. The machine plays them pulse by pulse as they are written, and nothing is translated
silently.

Move the gate out of the block, or remove `gateset native` and let the compiler choose the native gates (`--target
aria`, `--target forte`). A gate of your own may be used here if its body is a `native` block.""",
        helps=("use `gpi`, `gpi2`, `ms`, `zz` and `nop`, or write this gate outside of native code",),
        example="gateset native\nqubit q\nh q\n",
        fixed="gateset native\nqubit q\ngpi2(0.25) q\ngpi(0) q\n",
    ),
    Code(
        "QC0206",
        "index {index} is out of range: {name} has length {size}",
        """Qubits of a register and elements of a list are numbered from 0, so the last of n has index n - 1. As in
Python, negative indices count from the end: -1 is the last.

In a loop, the error is about the first round that fails. A common case is `q[i + 1]` in a loop over `range(n)`: the
last qubit has no next one, so the range should end at n - 1. Slices such as `q[2:9]` never fail: they are cut off.""",
        helps=("use {indices}; negative ones count from the end",),
        otherwise="make it longer: an empty register or list has no index",
        example="qubit q[3]\nfor i in range(3) { cnot q[i], q[i + 1] }\n",
        fixed="qubit q[3]\nfor i in range(2) { cnot q[i], q[i + 1] }\n",
    ),
    Code(
        "QC0207",
        "gate `{gate}` takes {wants:argument}, but {given:were} given",
        """Arguments are the numbers in parentheses between a gate's name and its qubits: `rx(pi/2) q[0]`. The gate
takes a different number of them. Gates without arguments are written without parentheses; qubits never go inside them.

Arguments may be given by name, `ms(phase0 = 0, phase1 = 0.25) a, b`, each once; parameters with a default may be left
out. `ionqdsl explain GATE` shows the meaning and the unit of each argument of a built-in gate.""",
        helps=("call it as `{example}`",),
        example="qubit q\nrx(pi/2, 0) q\n",
        fixed="qubit q\nrx(pi/2) q\n",
    ),
    Code(
        "QC0208",
        "gate `{gate}` has no parameter `{name}`",
        """An argument is given by a name that is not a parameter of the gate. Built-in gates name their parameters as
OpenQASM and IonQ do: `theta`, `phi`, `lambda`; `phase`, `phase0`, `phase1`, `angle`, `time`. Arguments may always be
given by position instead: `rx(0.3) q`.""",
        helps=("did you mean `{suggestion}`?",),
        otherwise="give the value without a name, at its position",
        example="gateset native\nqubit a, b\nms(0, 0, angel = 0.125) a, b\n",
        fixed="gateset native\nqubit a, b\nms(0, 0, angle = 0.125) a, b\n",
    ),
    Code(
        "QC0209",
        "gate `{gate}` is given the same qubit twice",
        """The qubits of one gate, controls included, must all be different: a qubit cannot control itself or be swapped
with itself. Two names may mean one qubit: after `let a = q[0:2]`, `a[0]` is `q[0]`.

With registers, the gate acts on pairs of qubits, and one of these pairs is at fault: `cnot q[0], q` begins with `cnot
q[0], q[0]`. Take the rest of the register: `cnot q[0], q[1:]`.""",
        labels={"first": "first given here"},
        helps=("use a different qubit for each operand of the gate",),
        example="qubit q[3]\nh q[0]\ncnot q[0], q\n",
        fixed="qubit q[3]\nh q[0]\ncnot q[0], q[1:]\n",
    ),
    Code(
        "QC0210",
        "`inv` takes no argument",
        """`inv @` gives the inverse of the gate after it, and there is only one inverse. A power of the inverse is a
power with a negative exponent: `pow(-2) @ s` is the inverse of `s`, twice.""",
        helps=("write `inv @`, or `pow(-2) @` for the inverse of the second power",),
        example="qubit q\ninv(2) @ s q\n",
        fixed="qubit q\npow(-2) @ s q\n",
    ),
    Code(
        "QC0211",
        "`pow` needs an exponent",
        """`pow(k) @` applies the k-th power of a gate. The exponent is a plain number. Every gate has whole powers (0
is the identity, negative ones invert). Other exponents need a well-defined principal power: rotations scale their
angle, and built-in gates with the eigenvalues e^(i a) take a in (-pi, pi].""",
        helps=("write it as `pow(2) @`",),
        example="qubit q\npow @ t q\n",
        fixed="qubit q\npow(2) @ t q\n",
    ),
    Code(
        "QC0212",
        "the power {exponent:.6g} cannot be computed exactly here",
        """Fractional powers mean the principal power: every eigenvalue e^(i a), with a in (-pi, pi], becomes e^(i a k).
For single gates, controlled gates and products on one qubit the compiler knows it in closed form. A longer definition
would need a numerical decomposition of the whole matrix, and the compiler never approximates without being asked.

A power of a sequence is not the sequence of powers. If the gate is a rotation in disguise, such as `gate rzx(theta) a,
b { h b; zz(theta) a, b; h b }`, scale its angle: `rzx(theta/2)` is its root.""",
        helps=("use a whole exponent, or define the power as a separate gate",),
        example="gate rzx(theta) a, b { h b; zz(theta) a, b; h b }\nqubit q[2]\npow(0.5) @ rzx(pi/3) q\n",
        fixed="gate rzx(theta) a, b { h b; zz(theta) a, b; h b }\nqubit q[2]\nrzx(pi/6) q\n",
    ),
    Code(
        "QC0213",
        "`{operand}` is not an operand of gate `{gate}`",
        """The body of a gate acts on the qubits named in its first line, and on nothing else: `gate bell a, b { h a;
cnot a, b }`. A name without brackets is one qubit, so it has no index; `q[]` is a register of any length, `q[3]` one of
three qubits, and their qubits are `q[0]`, `q[1]` and so on. The registers of the file are unknown there. A gate is
therefore the same wherever it is used.

Add the qubit, or the register, to the first line. `let` names some of the gate's qubits in its body.""",
        helps=("write `{fixed}`: qubits follow the parentheses, which hold angles",),
        otherwise="use the names in the gate's first line; only registers, such as `q[]`, have an index",
        example="qubit q[2]\ngate pair a { h a; cnot a, q[1] }\npair q[0]\n",
        fixed="qubit q[2]\ngate pair a, b { h a; cnot a, b }\npair q[0], q[1]\n",
    ),
    Code(
        "QC0214",
        "a gate has 1 to 1000 controls, not {count}",
        """`ctrl(n) @` adds n control qubits. For no control, leave the modifier out; if n may be 0, use an `if`. The
upper bound is far above the size of any machine and catches slips such as a swapped argument.""",
        helps=("write `ctrl @` for one control, or leave the modifier out for none",),
        example="qubit q[2]\nctrl(0) @ x q\n",
        fixed="qubit q[2]\nctrl(1) @ x q\n",
    ),
    Code(
        "QC0215",
        "the native gate `{gate}` cannot have controls",
        """Native gates are pulses on one or two ions, and there are no controlled pulses. The same holds for your own
gates if their body contains a `native` block: they cannot be used with `ctrl @` or `negctrl @`.

Write the controlled gate with qis gates and let the compiler choose the native ones; it knows exact decompositions for
any number of controls.""",
        helps=("write the controlled gate with qis gates, such as `ctrl @ x`",),
        example="gate flip a { native { gpi(0) a } }\nqubit q[2]\nctrl @ flip q\n",
        fixed="gate flip a { x a }\nqubit q[2]\nctrl @ flip q\n",
    ),
    Code(
        "QC0216",
        "the operator acts on index {index}, but `pauliexp` is given {given:qubit}",
        """In `pauliexp(time, operator) operands` the indices of the operator count the operands, not the qubits of the
circuit: with `pauliexp(0.1, X[0]*X[1]) q[4], q[7]` the index 0 is `q[4]` and 1 is `q[7]`. A single register as operand
supplies its qubits in order. A register next to other operands is gone through qubit by qubit, as for every gate: after
`let all = c, q`, the exponential `ctrl @ pauliexp(0.1, X[0]*X[1]) all` has all qubits of `q`.""",
        helps=(
            "count the operands from 0: `X[0]` acts on the first one",
            "if a register is among them, name all qubits at once: `let all = {together}`, then `all` as the operand",
        ),
        example="qubit q[4]\npauliexp(0.1, X[2]*X[3]) q[2], q[3]\n",
        fixed="qubit q[4]\npauliexp(0.1, X[0]*X[1]) q[2], q[3]\n",
    ),
    Code(
        "QC0231",
        "there are no qubits named `{name}`",
        """Operands are names declared with `qubit`, or names that `let` gives to some qubits. The declaration comes
before the use, in the same block or one around it. A name declared inside a `for`, `if` or `verbatim` block is unknown
outside.

Values are not qubits: after `const n = 2`, `n` can be an index, as in `q[n]`, but not an operand.""",
        helps=("did you mean `{suggestion}`?",),
        otherwise="declare them first: `qubit {name}`, or `qubit {name}[4]` for several",
        example="qubit data[3]\nh dat[0]\n",
        fixed="qubit data[3]\nh data[0]\n",
    ),
    Code(
        "QC0232",
        "gate `{gate}` takes {wants:operand}, `{takes}`, but {given:were} given",
        """A gate whose first line names registers, such as `gate qft q[]`, takes one operand for each name of that
line, and the qubits of its controls before them: `ctrl @ qft c, r`. Nothing is broadcast: `qft r` is the gate on the
whole register.

Where one register is wanted, several operands are not joined silently, because it would not be visible which qubits
belong to which register. Name them together first: `let all = r, t`.""",
        helps=(
            "name them together: `{joined}`, then `{gate} all`",
            "the qubits of `{controlled} @` come first and count too",
        ),
        example="gate mirror q[] { for i in range(len(q) // 2) { swap q[i], q[len(q) - 1 - i] } }\n"
        "qubit r[3], t\nmirror r, t\n",
        fixed="gate mirror q[] { for i in range(len(q) // 2) { swap q[i], q[len(q) - 1 - i] } }\n"
        "qubit r[3], t\nlet all = r, t\nmirror all\n",
    ),
    Code(
        "QC0233",
        "the modifiers of `{gate}` add {wants:control}, but {given:were} given",
        """The operands before those of the gate itself are its controls. A gate that takes registers has one operand
for each name of its first line, counted from the end; all operands before them are controls, and together they have as
many qubits as `ctrl(n) @` and `negctrl(n) @` say. `ctrl(2) @ qft c, r` takes two controls from a register `c` of two
qubits; `ctrl(2) @ qft c[0], c[1], r` means the same.""",
        helps=("write {wants:qubit} before the operands of `{gate}`, or change the number of controls",),
        example="gate flip q[] { x q }\nqubit c[3], r[2]\nctrl(2) @ flip c, r\n",
        fixed="gate flip q[] { x q }\nqubit c[3], r[2]\nctrl(3) @ flip c, r\n",
    ),
    Code(
        "QC0234",
        "gate `{gate}` takes a register here, but `{operand}` is one qubit",
        """The gate's first line has brackets after this operand, as in `gate qft q[]`, so it takes a register: one
declared with a size, a slice such as `q[0:3]`, a choice such as `q[0, 2]`, or a name given by `let`. A single qubit is
refused even if the length would fit, because most often an index was left in by mistake.

A register of one qubit is the slice `q[0:1]`, or `let one = a` for a qubit `a`.""",
        labels={"wants": "a register"},
        helps=("give a register, or a slice of one qubit, such as `q[0:1]`",),
        example="gate flip q[] { x q }\nqubit r[3]\nflip r[0]\n",
        fixed="gate flip q[] { x q }\nqubit r[3]\nflip r\n",
    ),
    Code(
        "QC0235",
        "gate `{gate}` takes one qubit here, but `{operand}` is a register",
        """The gate's first line has no brackets after this operand, so it takes one qubit. Next to an operand that is a
register nothing is broadcast: the gate would not be applied once for each qubit.

Give one qubit, such as `r[0]`, or apply the gate in a loop: `for i in range(len(r)) { ... r[i] }`.""",
        labels={"wants": "one qubit"},
        helps=("give one qubit, such as `{name}[0]`, or apply the gate in a loop",),
        example="gate copy q[], t { for i in range(len(q)) { cnot q[i], t } }\nqubit r[3], t[3]\ncopy r, t\n",
        fixed="gate copy q[], t { for i in range(len(q)) { cnot q[i], t } }\nqubit r[3], t[3]\ncopy r, t[0]\n",
    ),
    Code(
        "QC0236",
        "`{name}` of gate `{gate}` takes {wants:qubit}, but {given:were} given",
        """The gate's first line says how long this register is: `data[3]` takes exactly three qubits, and `b[len(a)]`
as many as the register `a`. Empty brackets, `data[]`, take a register of any length.

A slice cuts a register to the length: `r[0:3]`.""",
        labels={"wants": "the length is given here"},
        helps=("give a register of {wants:qubit}, such as a slice `q[a:b]`",),
        example="gate parity data[3], t { for i in range(3) { cnot data[i], t } }\nqubit r[4], t\nparity r, t\n",
        fixed="gate parity data[3], t { for i in range(3) { cnot data[i], t } }\nqubit r[4], t\nparity r[0:3], t\n",
    ),
    Code(
        "QC0346",
        "`{name}` of gate `{gate}` would have {wants} qubits here",
        """The gate's first line computes how long this register is, and for these operands the length is below 0:
`b[len(a) - 1]` has no length for an empty `a`. A register may be empty, but not shorter.""",
        labels={"wants": "the length is given here"},
        helps=("give the other registers more qubits, or write the length so that it is at least 0: `max(0, ...)`",),
        example="gate chain a[], b[len(a) - 1] { h a }\nqubit q[3]\nchain q[0:0], q[1:2]\n",
        fixed="gate chain a[], b[max(0, len(a) - 1)] { h a }\nqubit q[3]\nchain q[0:0], q[1:1]\n",
    ),
    Code(
        "QC0237",
        "`{name}` is a circuit and cannot be applied like a gate",
        """A `circuit` declares its own qubits and is run as a whole; a `gate` acts on the qubits it is given. To use
the same statements inside other circuits, define a gate: the qubits that the circuit declares become operands of its
first line, with brackets for registers, and their declarations go away. `gate prepare(theta) q[], a { ... }` takes a
register of any length and a qubit.

A circuit can apply the gate in turn: `circuit main { qubit q[3], a; prepare(0.1) q, a }`.""",
        labels={"circuit": "the circuit"},
        helps=("make it a gate over registers: `{gate}`",),
        example="circuit pair { qubit q[2]; h q[0]; cnot q }\ncircuit main { qubit r[2]; pair r }\nrun main\n",
        fixed="gate pair q[] { h q[0]; cnot q }\ncircuit main { qubit r[2]; pair r }\nrun main\n",
    ),
    Code(
        "QC0241",
        "there is no folder in which `load` could find {path}",
        """The path of a file that `load` names is relative to the program's file. A text that has never been saved, and
the page of the playground if it was started without a file, have no folder. Other folders are not searched: the data of
a program would depend on the place from which a tool was started.""",
        helps=(
            "save the {buffer} next to the data",
            "start the {page} with a file next to the data: `ionqdsl playground FILE`",
        ),
    ),
    Code(
        "QC0238",
        "the standard library has no file `{path}`",
        """Paths that begin with `std/` name files of the standard library, which comes with the compiler, and only then
files in the folder of the program. Neither has a file of this name.

`ionqdsl doc std/fourier.qc` shows the gates of a file, with their costs.""",
        helps=("did you mean `{suggestion}`?",),
        otherwise="its files are {files}",
        example='include "std/furier.qc"\nqubit q[3]\nh q\n',
        fixed='include "std/fourier.qc"\nqubit q[3]\nqft q\n',
    ),
)
