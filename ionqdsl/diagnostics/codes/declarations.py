"""Diagnostics about the declarations of a circuit and the body of a gate definition."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

DECLARATIONS: tuple[Code, ...] = (
    Code(
        "QC0217",
        "register `{name}` lists a qubit twice",
        """A `register` statement says which measured qubits belong together and in which order. Each qubit has one
outcome, so a register lists it once. It may also belong to other registers.

An empty slot is written `_`, as in `register out = q[0], _, q[1]`.""",
        helps=("name each qubit once",),
        example="qubit q[2]\nh q\nregister out = q, q[1]\n",
        fixed="qubit q[2]\nh q\nregister out = q\n",
    ),
    Code(
        "QC0218",
        "register `{name}` names no qubit",
        """A register groups measured qubits. This one has none: only empty slots (`_`), or an empty slice such as
`q[3:3]`. The results would contain nothing under its name, so the compiler treats it as a mistake.""",
        helps=("name at least one qubit, such as `register {name} = q[0]`",),
        example="qubit q[2]\nh q\nregister high = q[2:]\n",
        fixed="qubit q[2]\nh q\nregister high = q[1:]\n",
    ),
    Code(
        "QC0219",
        "a register `{name}` exists already",
        """Results are looked up by register name, so each name is used once in a circuit. To put more qubits into a
register, list them in one statement, separated by commas.""",
        helps=("choose another name, or list all its qubits in one statement",),
        example="qubit q[2]\nh q\nregister out = q[0]\nregister out = q[1]\n",
        fixed="qubit q[2]\nh q\nregister out = q[0], q[1]\n",
    ),
    Code(
        "QC0220",
        "`{name}` is defined already",
        """A block defines a name once, whether by `qubit`, `let`, `const`, `param` or `hamiltonian`. A file and the
files that it includes define each gate, circuit and parameter once. A second definition would change the meaning of
lines above it, so the compiler refuses it.

An inner block may use a name again: a `const` in the body of a loop hides one outside. Gates and values have separate
names: a gate `t` and a loop variable `t` do not conflict.""",
        labels={"first": "first defined here"},
        helps=("choose another name",),
        example="const n = 2\nconst n = 3\nqubit q[n]\nh q\n",
        fixed="const n = 2\nconst m = 3\nqubit q[n + m]\nh q\n",
    ),
    Code(
        "QC0221",
        "there is no gateset `{name}`",
        """A circuit is written in `qis` gates (the gates of textbooks; the default) or in `native` ones (`gpi`, `gpi2`,
`ms`, `zz`, `nop`). These are the service's own names for its two gatesets. They do not name a machine: `backend` in the
`job` block, or `--target`, does that.""",
        helps=("write `gateset qis` or `gateset native`",),
        example="gateset forte\nqubit a, b\nzz(0.25) a, b\n",
        fixed="gateset native\nqubit a, b\nzz(0.25) a, b\n",
    ),
    Code(
        "QC0222",
        "the gateset is chosen twice",
        """`gateset` decides the meaning of gate names for the whole circuit, so a circuit has at most one. For a few
native gates in a qis circuit use a `native { ... }` block; for circuits of both kinds write several `circuit` blocks,
each with its own gateset.""",
        labels={"first": "first chosen here"},
        helps=("keep one of them",),
        example="gateset native\nqubit q\ngpi(0) q\ngateset qis\n",
        fixed="gateset native\nqubit q\ngpi(0) q\n",
    ),
    Code(
        "QC0223",
        "`gateset` must come before the first gate",
        """`gateset` decides the meaning of gate names: `zz` is one gate in `qis` and another, with another unit, in
`native`. So it comes before the first gate. Qubits may be declared before it.""",
        helps=("move it to the start of the circuit",),
        example="qubit a, b\nzz(0.25) a, b\ngateset native\n",
        fixed="gateset native\nqubit a, b\nzz(0.25) a, b\n",
    ),
    Code(
        "QC0224",
        "the registers given to `{gate}` differ in length: {sizes:has}",
        """Registers given to one gate are paired up, first with first and so on, as by Python's `zip`, but they must be
of equal length: silently leaving qubits out would hide a mistake. A single qubit next to a register is used again for
each of the register's qubits: `cnot a[0], b`.""",
        helps=("take slices of equal length",),
        example="qubit a[3], b[2]\ncnot a, b\n",
        fixed="qubit a[3], b[2]\ncnot a[0:2], b\n",
    ),
    Code(
        "QC0225",
        "`_` names no qubit",
        """The underscore is an empty slot in a `register` statement, as in `register out = q[1], _, q[0]`, and has no
other meaning. If a loop does not need its variable, give it any name: `for i in range(3) { ... }`.""",
        helps=("name a qubit; `_` is an empty slot in a `register` only",),
        example="qubit q[2]\ncnot q[0], _\n",
        fixed="qubit q[2]\ncnot q[0], q[1]\n",
    ),
    Code(
        "QC0226",
        "`{name}` is {given}, not qubits",
        """A gate acts on qubits, and this name is a value. Values go into the parentheses after the gate's name,
`rx(theta) q`, or into an index, `q[n]`. A list of indices selects several qubits: `q[0, 2, 5]`. To name a selection of
qubits use `let`, not `const`.""",
        helps=("apply the gate to qubits; a value can be an index: `q[{name}]`",),
        example="const target = 1\nqubit q[2]\nx target\n",
        fixed="const target = 1\nqubit q[2]\nx q[target]\n",
    ),
    Code(
        "QC0227",
        "`{name}` is a single qubit and has no index",
        """`qubit a` declares one qubit, called `a`. `qubit q[1]` declares a register of one qubit; the qubit is `q[0]`,
the register `q`. If a program is meant for any number of qubits, use a register.""",
        helps=("write `{name}`, or declare a register: `qubit {name}[2]`",),
        example="qubit q\nh q[0]\n",
        fixed="qubit q[1]\nh q[0]\n",
    ),
    Code(
        "QC0228",
        "`{name}` is a built-in {kind} and cannot be defined again",
        """Built-in names keep their meaning everywhere. Among gates these are the gates of IonQ and OpenQASM; among
values, the constants (`pi`, `tau`, `turn`, `deg`, `rad`), the operators `X`, `Y`, `Z` and the functions (`sin`,
`range`, `sum` ...). Readers of `sx` or `pi` should not have to look for a definition. `e` may be the variable of a
loop, a constant or qubits, but not a parameter, which may be sent in a formula with Euler's number.

Gates and values are separate: a parameter may be called `t` or `s`, although these are gates.""",
        helps=("choose another name, such as `{name}_1`",),
        example="gate swap a, b { cnot a, b; cnot b, a; cnot a, b }\nqubit q[2]\nx q\n",
        fixed="gate swap3 a, b { cnot a, b; cnot b, a; cnot a, b }\nqubit q[2]\nswap3 q\n",
    ),
    Code(
        "QC0229",
        "parameter `{name}` needs a default, as one before it has one",
        """Arguments are matched with parameters from left to right, and parameters without an argument take their
defaults. After a parameter with a default, one without could only get a value if both were given. So required
parameters come first, and optional ones after them.""",
        labels={"default": "has a default"},
        helps=("write `{name} = ...`, or move it to the front",),
        example="gate tilt(theta = pi/8, phi) a { rx(theta) a; rz(phi) a }\nqubit q\ntilt(0.1, 0.2) q\n",
        fixed="gate tilt(phi, theta = pi/8) a { rx(theta) a; rz(phi) a }\nqubit q\ntilt(0.2) q\n",
    ),
    Code(
        "QC0230",
        "gates cannot call themselves: {chain}",
        """Every gate is expanded into the gates of its body, and so on, until only built-in gates are left. For a gate
that uses itself this would never end. The message shows the cycle.

For repetition use `for`, with a known bound: `gate flips(n) a { for i in range(n) { x a } }`. If a gate for n qubits
builds on the one for n - 1 qubits, write a loop over the qubits of a register instead.""",
        helps=("repeat gates with a loop: `for i in range(n) {{ ... }}`",),
        example="gate ping a { x a; pong a }\ngate pong a { y a; ping a }\nqubit q\nping q\n",
        fixed="gate ping a { for i in range(3) { x a; y a } }\nqubit q\nping q\n",
    ),
)
