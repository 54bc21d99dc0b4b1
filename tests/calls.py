"""Writes seeded random programs that call gates with every kind of argument.

`program(seed)` is one text. Its gates take operators, lists, true and false, strings, null, symbols and numbers of
every kind, have names like things inside the compiler, call each other, and are called again with arguments that Python
considers equal. Around them are sweeps, runs, parameters, modifiers in any order, registers, native and verbatim
blocks, energies, conditions, comprehensions and broadcasts; some programs are errors. This module does not know their
meaning. The strategies of programs.py write the common constructs more thoroughly.
"""

from __future__ import annotations

from random import Random

NAMES = ["call", "g", "_u4", "_zx", "_power_g", "_power_iswap", "power", "range", "sin", "gatebody", "rows", "len"]
"""Names of gates; some are those of functions, or of definitions inside the compiler."""

KINDS = ["operator", "operators", "number", "number", "angle", "flag", "word", "numbers", "any"]

VALUES = {
    "operator": [
        "0.1*X[0]", "0.2*Y[0]", "0.3*Z[0]", "X[0]", "1.0*X[0]", "X[0] + 0.5", "Z[0] - Z[0]", "0*X[0]", "7/5", "2", "1",
        "X[0]*X[0]", "h0", "ops[0]", "ops[-1]", "-h0", "h0*2", "sum(ops)", "sum([])", "X[0]/2 if s > 0 else Y[0]",
    ],
    "operators": ["[X[0], Z[0]]", "[0.5*Y[0]]", "ops", "ops[::-1]", "[]", "[k*X[0] for k in range(3)]", "[7/5, Z[0]]"],
    "number": ["1", "1.0", "2", "0", "-0.0", "0.5", "1/2", "pi", "pi/4", "n", "s", "2*s", "-1", "3/7", "e", "abs(-1)"],
    "angle": ["90deg", "0.25turn", "1rad", "45deg", "a0", "-a0", "a0 + 10deg", "0.5*turn", "max(a0, 1deg)"],
    "flag": ["true", "false", "1 < 2", "not true", "n == 1", "n in [1, true]"],
    "word": ['"one"', '"1"', '""', '"one two"'],
    "numbers": ["[1, 2]", "[1.0, 2]", "[true, 2]", "range(1, 3)", "[n, s]", "[k/2 for k in range(3) if k != n]"],
    "any": [
        "null", "true", "1", "1.0", "0", "false", '"1"', "[1]", "[true]", "X[0]*X[0]", "90deg", "s", "range(1)", "[]",
    ],
}  # fmt: skip

OPEN = ["t", "2*t", "t - pi/4", "-t/3", "sin(t)", "t*t", "th[0]", "th[1] + t", "1", "0/t", "t/t", "[t, 1][1]"]

BODY = {
    "operator": ["pauliexp(0.3, {p}) {w}", "pauliexp({n}, {p}) {w}", "pow(2) @ pauliexp(0.2, {p}) {w}"],
    "operators": ["for op in {p} {{ pauliexp(0.4, op) {w} }}", "pauliexp(0.3, sum({p})) {w}"],
    "number": [
        "rx({p}) {w}", "rz({p}/3) {w}", "gphase({p})", "if {p} == 1 {{ x {w} }} else {{ h {w} }}", "pow(2*{p}) @ x {w}",
    ],
    "angle": ["ry({p}) {w}", "p({p}*2) {w}", "if {p} > 60deg {{ s {w} }}", "gphase({p})", "rz({p} - 5deg) {w}"],
    "flag": ["if {p} {{ x {w} }} else {{ t {w} }}", "rx(1 if {p} else 2) {w}"],
    "word": ['if {p} == "one" {{ x {w} }} else {{ y {w} }}', "for k in range(len({p})) {{ v {w} }}"],
    "numbers": ["for k in {p} {{ rx(k) {w} }}", "rz(sum({p})) {w}", "rx({p}[0]) {w}", "if {p} == [1, 2] {{ x {w} }}"],
    "any": [
        "if {p} == 1 {{ x {w} }}", "if {p} == null {{ y {w} }} else {{ h {w} }}", "if {p} {{ s {w} }}",
        "if {p} == [1] {{ x {w} }} else {{ z {w} }}",
    ],
}  # fmt: skip
RISKY = ["rx({p}) {w}", "pauliexp(0.3, {p}) {w}", "for k in {p} {{ x {w} }}", "pow({p}) @ h {w}"]
"""Uses of a parameter of some kind in a gate's body; and of one of any kind, which may be an error."""

TWINS = {
    "operator": [["0.1*X[0]", "0.2*Y[0]", "0.3*Z[0]"], ["2", "2*X[0]", "2.0"]],
    "operators": [["[0.1*X[0]]", "[0.2*Y[0]]", "[0.3*Z[0]]"]],
    "number": [["1", "true", "1.0"], ["0", "-0.0", "false"], ["2", "2.0", "2rad"]],
    "angle": [["1rad", "1", "1turn"]],
    "flag": [["true", "1", "1.0"], ["false", "0"]],
    "word": [['"1"', "1"], ['"one"', '["one"]']],
    "numbers": [["[1, 2]", "[true, 2]", "[1.0, 2]"], ["range(1, 3)", "[1, 2]"]],
    "any": [["1", "true", "1.0"], ["0", "false", "null"], ["[1]", "[true]", "[1.0]"]],
}
"""Values that are alike to Python or stand at one address one after the other, and are not alike to a program."""

MODIFIERS = ["inv", "pow(2)", "pow(-1)", "pow(3)", "pow(0)", "ctrl", "negctrl", "ctrl(1)", "pow(n)", "pow(2.0)", "inv"]
ROOTS = ["pow(0.5)", "pow(1/3)", "pow(-0.25)"]
PLAIN = ["h", "x", "not", "y", "s", "si", "t", "v", "sx", "rx(0.3)", "rz(pi/7)", "p(0.4)", "u3(0.1, 0.2, 0.3)"]
WIDE = ["cnot", "swap", "zz(0.7)", "cz", "iswap", "ecr", "crx(0.3)", "cu(0.1, 0.2, 0.3, 0.4)", "cp(0.4)", "ch"]
LOOPS = ["range(2)", "[0.1, pi]", "[1, true]", "ops", "linspace(0, 1, 3)", "[k for k in [1, 2] if k > 1]"]
CONDITIONS = ["n == 1", "true", "s > 1", "[1] == [1.0]", "h0 == X[0]", "len(ops) > 1 and n", '"a" < "b"']
POINTS = [
    "[0, 1, 2]", "[1, true]", "range(9)", "linspace(0, pi, 9)", "[1, 1.5]", "[k/3 for k in range(8)]",
    "[90deg, 0.1turn]",
]  # fmt: skip
PULSES = ["gpi(0.1)", "gpi2(0.25turn)", "gpi2({n})", "pow(2) @ gpi2(0.3)", "inv @ gpi2(0.1)", "pow(0.5) @ gpi(0.2)"]


class Gate:
    """A gate of the program: its name, the kinds of its parameters, how many have defaults, and its operands."""

    def __init__(self, name: str, kinds: list[str], defaults: int, operands: int) -> None:
        self.name, self.kinds, self.defaults, self.operands = name, kinds, defaults, operands


class Writer:
    """One program in the making."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.gates: list[Gate] = []
        self.width = self.random.randint(2, 4)
        self.is_swept = False
        self.twin = Random(f"twins {seed}")  # apart, so that the rest of a program does not depend on it

    def pick(self, items: list[str]) -> str:
        return self.random.choice(items)

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    # --- gates

    def definition(self) -> str:
        """A gate that may call those before it."""
        r = self.random
        name = self.pick([name for name in NAMES if name not in {gate.name for gate in self.gates}])
        kinds = [self.pick(KINDS) for _ in range(r.randint(0, 3))]
        defaults = r.randint(0, len(kinds)) if self.chance(2) else 0
        operands = r.choice([1, 1, 1, 2])
        wires = ["a", "b"][:operands]
        names = [f"p{place}" for place in range(len(kinds))]
        formals = [
            name if place < len(kinds) - defaults else f"{name} = {self.pick(VALUES[kind])}"
            for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
        ]
        body = [
            self.pick(RISKY if self.chance(25) else BODY[kind]).format(
                p=name, w=self.pick(wires), n=self.pick(["0.2", "n", "0.7"])
            )
            for name, kind in zip(names, kinds, strict=True)
        ]
        for _ in range(r.randint(0, 2)):
            body.append(self.inner(wires, names))
        r.shuffle(body)
        self.gates.append(Gate(name, kinds, defaults, operands))
        head = f"gate {name}({', '.join(formals)})" if formals else f"gate {name}"
        return f"{head} {', '.join(wires)} {{ {'; '.join(body)} }}"

    def inner(self, wires: list[str], names: list[str]) -> str:
        """A statement of a gate's body."""
        kind = self.random.randrange(7)
        if kind == 0:
            return f"native {{ {self.pick(PULSES).format(n=0.3)} {self.pick(wires)} }}"
        if kind == 1:
            return f"const k{self.random.randrange(99)} = {self.pick(['1', 'n', '[1, 2]'])}"
        if kind == 2 and len(wires) == 2:
            return f"{self.modified(0)}{self.pick(WIDE)} {', '.join(wires)}"
        if kind == 3:
            return f"for k in range({self.random.randint(1, 2)}) {{ rx(k + 0.1) {self.pick(wires)} }}"
        if kind == 4 and len(wires) == 2:
            return f"{self.pick(['ctrl', 'negctrl'])} @ {self.pick(PLAIN)} {', '.join(wires)}"
        fitting = [gate for gate in self.gates if gate.operands <= len(wires)]
        if kind == 5 and fitting:
            gate = self.random.choice(fitting)
            return f"{gate.name}{self.arguments(gate, names)} {', '.join(self.random.sample(wires, gate.operands))}"
        return f"{self.modified(0)}{self.pick(PLAIN)} {self.pick(wires)}"

    def arguments(self, gate: Gate, passed: list[str] = []) -> str:  # noqa: B006 (never changed)
        """Values for a gate's parameters, by position or by name; now and then ones of another kind, or too many."""
        given = self.random.randint(len(gate.kinds) - gate.defaults, len(gate.kinds))
        texts = []
        for place, kind in enumerate(gate.kinds[:given]):
            if passed and self.chance(3):
                value = self.pick(passed)
            elif self.is_swept and kind in ("number", "any") and self.chance(2):
                value = self.pick(OPEN)
            else:
                value = self.pick(VALUES[self.pick(KINDS) if self.chance(60) else kind])
            texts.append(f"p{place} = {value}" if self.chance(6) else value)
        if self.chance(150):
            texts.append("1")
        return f"({', '.join(texts)})" if texts else ""

    def modified(self, room: int) -> str:
        """Modifiers in any order, with at most so many controls."""
        text = ""
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 2, 3])):
            modifier = self.pick(ROOTS if self.chance(8) else MODIFIERS)
            if "ctrl" in modifier:
                if room <= 0:
                    continue
                room -= 1
            text += f"{modifier} @ "
        return text

    # --- circuits

    def operands(self, count: int) -> str:
        """Single qubits, a register spread, or registers broadcast."""
        kind = self.random.randrange(12)
        if kind == 0 and count == 1:
            return self.pick(["q", "q[0:2]", "q[::-1]", "half", "q[1:]", "q[0:0]"])
        if kind == 1 and count == self.width:
            return self.pick(["q", "q[::-1]"])
        if kind == 2 and count == 2 and self.width == 4:
            return self.pick(["q[0:2], q[2:4]", "q[0], q[1:]", "q[::2], q[1::2]"])
        places = self.random.sample(range(self.width), count) if count <= self.width else range(count)
        return ", ".join(f"q[{place - self.width if self.chance(5) else place}]" for place in places)

    def application(self) -> list[str]:
        """One gate, or the same gate again and again with arguments that look alike."""
        kind = self.random.randrange(10)
        if kind < 6 and self.gates:
            gate = self.random.choice(self.gates)
            before = self.modified(self.width - gate.operands)
            controls = before.count("ctrl")
            again = self.random.choice([1, 1, 2, 3])
            return [
                f"{before}{gate.name}{self.arguments(gate)} {self.operands(gate.operands + controls)}"
                for _ in range(again)
            ]
        name, count = (self.pick(WIDE), 2) if self.chance(3) else (self.pick(PLAIN), 1)
        before = self.modified(self.width - count)
        count += before.count("ctrl")
        if self.chance(12):
            return [f"ctrl @ gphase({self.pick(VALUES['number'])}) {self.operands(1)}"]
        if self.chance(12):
            steps = ", steps = 2" if self.chance(2) else ""
            return [f"pauliexp(0.3, X[0]*X[1] + 0.4*Z[0]{steps}) {self.operands(2)}"]
        return [f"{before}{name} {self.operands(count)}"]

    def twins(self) -> list[str]:
        """Calls of one gate that differ in one argument, and in that by its kind or its address alone."""
        fitting = [gate for gate in self.gates if gate.kinds and gate.operands <= self.width]
        if not fitting or self.twin.randrange(3):
            return []
        gate = self.twin.choice(fitting)
        given = [self.twin.choice(VALUES[kind]) for kind in gate.kinds]
        place = self.twin.randrange(len(given))
        alike = self.twin.choice(TWINS[gate.kinds[place]])
        wires = ", ".join(f"q[{place}]" for place in range(gate.operands))
        calls = [[*given[:place], value, *given[place + 1 :]] for value in self.twin.sample(alike, len(alike))]
        return [f"{gate.name}({', '.join(values)}) {wires}" for values in calls]

    def statements(self, depth: int) -> list[str]:
        lines: list[str] = []
        for _ in range(self.random.randint(1, 4 if depth else 7)):
            kind = self.random.randrange(14) if depth < 2 else 13
            if kind == 0:
                lines.append(self.block(f"for k{depth} in {self.pick(LOOPS)}", depth))
            elif kind == 1:
                other = self.block(" else", depth) if self.chance(2) else ""
                lines.append(self.block(f"if {self.pick(CONDITIONS)}", depth) + other)
            elif kind == 2:
                lines.append(self.block("verbatim", depth))
            elif kind == 3:
                lines.append(f"native {{ {self.pick(PULSES).format(n='n/8')} {self.operands(1)} }}")
            elif kind == 4:
                lines.append(self.pick(["barrier", "barrier q[0]", "gphase(0.3)", "gphase(s)", 'assert n < 9, "n"']))
            else:
                lines += self.application()
        return lines

    def block(self, head: str, depth: int) -> str:
        return f"{head} {{ {'; '.join(self.statements(depth + 1))} }}"

    def body(self) -> list[str]:
        lines = [f"qubit q[{self.width}]", "let half = q[1:]"]
        lines += [*self.statements(0), *self.twins()]
        if self.chance(4):
            lines += [f"register out = q[{self.random.randrange(self.width)}], _"]
        return lines

    # --- files

    def text(self) -> str:
        lines = [f"const n = {self.pick(['1', '2', '1.0', '3'])}", f"const s = {self.pick(['0.5', '1', 'pi/3', '-2'])}"]
        lines += ["const a0 = 30deg", "const ops = [0.3*Z[0], X[0], 1.0*Y[0]]", "hamiltonian h0 = X[0]"]
        shape = self.pick(["bare", "bare", "run", "sweep", "sweep", "open", "energy", "all"])
        if shape == "open":
            self.is_swept = True
            lines += [self.pick(["param t, th[2]", "param t\nparam th[2] = [0.1, pi/5]", "param t, th[2] = 0.25"])]
        lines += [self.definition() for _ in range(self.random.randint(1, 4))]
        if shape in ("bare", "open"):
            return "\n".join([*lines, *self.body()])
        if shape == "energy":
            self.is_swept = True
            block = "energy { hamiltonian = h0 + 0.5*Z[1] - 2; ansatz = c; params = [0.1, 1/4, 2]; cvar_alpha = 0.5 }"
            return "\n".join([*lines, "param t, th[2]", "circuit c {", *self.body(), "}", block])
        self.is_swept = shape == "sweep"
        head = "param th[2] = [1/3, 2]\n" if self.is_swept else ""
        formals = "(t)" if self.is_swept else self.pick(["", "(m = 2)", "(m = 2)"])
        circuit = "\n".join([f"{head}circuit c{formals} {{", *self.body(), "}"])
        label = self.pick([' as "c {t}"', ' as "c {t:.3f}"', "", ""])
        run = (
            f"run c(t) for t in {self.pick(POINTS)}{label}"
            if self.is_swept
            else self.pick(["run c", 'run c, c as "again"'])
        )
        return "\n".join([*lines, circuit, "" if shape == "all" else run])


def program(seed: int) -> str:
    """One program."""
    return Writer(seed).text() + "\n"
