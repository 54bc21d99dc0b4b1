"""Diagnostics: what a circuit declares, and what a gate definition may hold."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

DECLARATIONS: tuple[Code, ...] = (
    Code(
        "QC0217",
        "register `{name}` lists a qubit twice",
        """A `register` statement says which measured qubits belong together and in which order. Each qubit has one
outcome, so it can stand once in a register. It may belong to several registers, though, under other names.

An empty slot is written `_`, as in `register out = q[0], _, q[1]`.""",
        helps=("name each qubit once",),
        example="qubit q[2]\nh q\nregister out = q, q[1]\n",
        fixed="qubit q[2]\nh q\nregister out = q\n",
    ),
    Code(
        "QC0218",
        "register `{name}` names no qubit",
        """A register groups measured qubits. This one has none: only empty slots (`_`), or a slice that is empty,
such as `q[3:3]`. The results would hold nothing under its name, so it is taken for a mistake.""",
        helps=("name at least one qubit, such as `register {name} = q[0]`",),
        example="qubit q[2]\nh q\nregister high = q[2:]\n",
        fixed="qubit q[2]\nh q\nregister high = q[1:]\n",
    ),
    Code(
        "QC0219",
        "a register `{name}` exists already",
        """Results are looked up by the names of registers, so each name stands for one of them in a circuit. To put
more qubits into a register, list them in one statement, separated by commas.""",
        helps=("choose another name, or list all its qubits in one statement",),
        example="qubit q[2]\nh q\nregister out = q[0]\nregister out = q[1]\n",
        fixed="qubit q[2]\nh q\nregister out = q[0], q[1]\n",
    ),
    Code(
        "QC0220",
        "`{name}` is defined already",
        """Within one block a name is defined once, whether by `qubit`, `let`, `const`, `param` or `hamiltonian`, and
so it is for the gates, the circuits and the parameters of a file. A second definition would change what the lines
above seem to say, so it is refused rather than taking the place of the first. This holds across included files too.

A block inside may use a name again: a `const` in the body of a loop hides one outside. Gates and values live apart: a
gate `t` and a loop's variable `t` do not disturb each other.""",
        labels={"first": "first defined here"},
        helps=("choose another name",),
        example="const n = 2\nconst n = 3\nqubit q[n]\nh q\n",
        fixed="const n = 2\nconst m = 3\nqubit q[n + m]\nh q\n",
    ),
    Code(
        "QC0221",
        "there is no gateset `{name}`",
        """A circuit is written in `qis` gates (the gates of textbooks; the default) or in `native` ones (`gpi`,
`gpi2`, `ms`, `zz`, `nop`). These are the service's own names for its two gatesets. Which machine the circuit is for
is said elsewhere: with `backend` in the `job` block, or with `--target`.""",
        helps=("write `gateset qis` or `gateset native`",),
        example="gateset forte\nqubit a, b\nzz(0.25) a, b\n",
        fixed="gateset native\nqubit a, b\nzz(0.25) a, b\n",
    ),
    Code(
        "QC0222",
        "the gateset is chosen twice",
        """`gateset` says for the whole circuit how its gates are meant, so it stands there once. For a few native
gates in a qis circuit use a `native { ... }` block; for circuits of both kinds write several `circuit` blocks, each
with a gateset of its own.""",
        labels={"first": "first chosen here"},
        helps=("keep one of them",),
        example="gateset native\nqubit q\ngpi(0) q\ngateset qis\n",
        fixed="gateset native\nqubit q\ngpi(0) q\n",
    ),
    Code(
        "QC0223",
        "`gateset` must stand before the first gate",
        """`gateset` decides what the names of gates mean: `zz` is one gate in `qis` and another, with another unit,
in `native`. It must be said before the first gate is read. Qubits may be declared before it.""",
        helps=("move it to the beginning of the circuit",),
        example="qubit a, b\nzz(0.25) a, b\ngateset native\n",
        fixed="gateset native\nqubit a, b\nzz(0.25) a, b\n",
    ),
    Code(
        "QC0224",
        "the registers given to `{gate}` differ in length: {sizes:has}",
        """Registers given to one gate are paired up, first with first and so on, as Python's `zip` does, but they
must be of equal length: leaving some qubits out silently would hide a mistake. A single qubit beside a register is
used again for each of its qubits: `cnot a[0], b`.""",
        helps=("take slices of equal length",),
        example="qubit a[3], b[2]\ncnot a, b\n",
        fixed="qubit a[3], b[2]\ncnot a[0:2], b\n",
    ),
    Code(
        "QC0225",
        "`_` names no qubit",
        """The underscore stands for an empty slot in a `register` statement, `register out = q[1], _, q[0]`, and
nowhere else. In loops that do not need their variable, any name will do: `for i in range(3) { ... }`.""",
        helps=("`_` stands for an empty slot in `register` only",),
        example="qubit q[2]\ncnot q[0], _\n",
        fixed="qubit q[2]\ncnot q[0], q[1]\n",
    ),
    Code(
        "QC0226",
        "`{name}` is {given}, not qubits",
        """A gate acts on qubits, and this name stands for a value. Values go into the parentheses behind the gate's
name, `rx(theta) q`, or into an index, `q[n]`. A list of indices picks several qubits: `q[0, 2, 5]`; a name for a
choice of qubits is made with `let`, not with `const`.""",
        helps=("apply the gate to qubits; a value can be an index: `q[{name}]`",),
        example="const target = 1\nqubit q[2]\nx target\n",
        fixed="const target = 1\nqubit q[2]\nx q[target]\n",
    ),
    Code(
        "QC0227",
        "`{name}` is a single qubit and has no index",
        """`qubit a` declares one qubit, named by `a` alone. `qubit q[1]` declares a register of one qubit, which is
named `q[0]` or, as a whole, `q`. The difference matters when a program is written for any number of qubits: use a
register there.""",
        helps=("write `{name}`, or declare a register: `qubit {name}[2]`",),
        example="qubit q\nh q[0]\n",
        fixed="qubit q[1]\nh q[0]\n",
    ),
    Code(
        "QC0228",
        "`{name}` is built in and cannot be defined again",
        """The built-in names keep their meaning everywhere: the gates of IonQ and OpenQASM among the gates; among the
values the constants (`pi`, `tau`, `e`, `turn`, `deg`, `rad`), the operators `X`, `Y`, `Z` and the functions (`sin`,
`range`, `sum` ...). Who reads `sx` or `pi` in a program must not have to look for a definition.

Gates and values are separate: a parameter may be called `t` or `s`, although these are gates.""",
        helps=("choose another name",),
        example="gate swap a, b { cnot a, b; cnot b, a; cnot a, b }\nqubit q[2]\nx q\n",
        fixed="gate swap3 a, b { cnot a, b; cnot b, a; cnot a, b }\nqubit q[2]\nswap3 q\n",
    ),
    Code(
        "QC0229",
        "parameter `{name}` needs a default, as one before it has one",
        """Arguments are matched with parameters from left to right, and those left out take their defaults. A
parameter without a default behind one with a default could never be reached without giving both, so the order is
fixed: first the parameters that must be given, then the ones that may be left out.""",
        labels={"default": "has a default"},
        helps=("write `{name} = ...`, or move it to the front",),
        example="gate tilt(theta = pi/8, phi) a { rx(theta) a; rz(phi) a }\nqubit q\ntilt(0.1, 0.2) q\n",
        fixed="gate tilt(phi, theta = pi/8) a { rx(theta) a; rz(phi) a }\nqubit q\ntilt(0.2) q\n",
    ),
    Code(
        "QC0230",
        "gates cannot call themselves: {chain}",
        """Every gate is opened into the gates of its body, and theirs, until only built-in ones are left. A gate that
comes back to itself would never end. The message shows the way round.

Repetition is what `for` is for, with a bound that is known: `gate flips(n) a { for i in range(n) { x a } }`. A gate
for n qubits that builds on the one for n - 1 qubits is written as a loop over the qubits of a register.""",
        helps=("build repetitions with `for`",),
        example="gate ping a { x a; pong a }\ngate pong a { y a; ping a }\nqubit q\nping q\n",
        fixed="gate ping a { for i in range(3) { x a; y a } }\nqubit q\nping q\n",
    ),
)
