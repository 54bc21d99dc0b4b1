"""Hypothesis strategies that write random, valid `.qc` programs with every construct of the language.

`programs()` draws the text of one small circuit: constants, parameters with values, gates with defaults, loops,
conditions, aliases, modifiers, broadcasting, native and verbatim blocks, registers. This module does not know the
meaning of a program; tests compute it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

ONE = ["x", "y", "z", "h", "not", "s", "si", "t", "ti", "v", "vi", "id", "sx", "sxdg", "sdg", "tdg"]
ONE_TURNED = ["rx", "ry", "rz", "p", "phase", "u1"]
TWO = ["cnot", "swap", "cx", "CX", "cy", "cz", "ch", "csx", "iswap", "ecr"]
TWO_TURNED = ["xx", "yy", "zz", "cp", "cphase", "cu1", "crx", "cry", "crz", "rxx", "ryy", "rzz"]
MANY = {"u": (3, 1), "U": (3, 1), "u2": (2, 1), "u3": (3, 1), "cu3": (3, 2), "cu": (4, 2)}
THREE = ["ccx", "ccz", "cswap"]
ROOTS = [
    "x",
    "y",
    "z",
    "h",
    "s",
    "t",
    "v",
    "cnot",
    "swap",
    "rx(0.3)",
    "rz(1.5)",
    "zz(0.7)",
    "sx",
    "cz",
    "iswap",
    "p(0.9)",
]
OPERATORS = {
    1: ["Z[0]", "0.5*X[0] + 0.25", "-Y[0]"],
    2: ["X[0]*X[1] + Z[0]*Z[1]", "0.3*Z[0] - 0.2*Z[1]", "Y[0]*X[1]", "X[0]*Y[1]/3 - Y[0]*X[1]/3 + 1"],
    3: ["Z[0]*Z[1]*Z[2]", "X[0]*X[2] + X[1]", "sum([(k + 1)*Z[k]/10 for k in range(3)])"],
}
OTHER = {1: "X[0] + Z[0]", 2: "X[0] + Z[0]*Z[1]", 3: "X[1] + 0.5*Z[0]*Z[1] - Y[2]"}  # terms that do not commute


@dataclass
class Gate:
    """A gate the program defines: parameters with or without defaults, and whether it may be controlled."""

    name: str
    parameters: int
    defaults: int
    operands: int
    is_native: bool


@dataclass
class World:
    """The definitions so far of a program being written. `registers` are names with the numbers of their qubits."""

    width: int
    registers: list[tuple[str, list[int], bool]] = field(default_factory=list)  # name, qubits, is single
    gates: list[Gate] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    angles: list[str] = field(default_factory=list)
    budget: int = 24  # statements still to be written


NUMBER = st.sampled_from(
    ["0.1", "0.25", "1", "2", "-0.7", "1/3", "3.5", "pi/2", "-pi/4", "tau/8", "pi", "0", "2*pi/3", "1e-2", "e/2"]
)
UNIT = st.sampled_from(
    ["90deg", "-45deg", "0.125turn", "0.3rad", "1turn/6", "0.5*turn", "(30deg + 0.1turn)", "2*20deg"]
)
FRACTION_OF_TURN = st.sampled_from(["0", "0.1", "0.25", "-0.3", "1/3", "0.5", "45deg", "0.2turn", "1rad", "-0.75"])
ENTANGLING = st.sampled_from(["0.25", "0.1", "0.2turn", "45deg", "1/7", "0.01"])


@st.composite
def angle(draw: st.DrawFn, world: World) -> str:
    """An argument of a qis gate."""
    kind = draw(st.integers(0, 5))
    if kind == 0 and world.numbers:
        name = draw(st.sampled_from(world.numbers))
        return draw(st.sampled_from(["{}", "-{}", "{}/2", "2*{} + 0.1", "sin({})", "0.5 if {} > 0 else 0.25"])).format(
            name
        )
    if kind == 1 and world.angles:
        name = draw(st.sampled_from(world.angles))
        return draw(st.sampled_from(["{}", "-{}", "{}/3", "{} + 10deg", "max([{}, 1deg])"])).format(name)
    return draw(NUMBER if kind < 5 else UNIT)


@st.composite
def number(draw: st.DrawFn, world: World) -> str:
    """An argument of a defined gate: a plain number."""
    if world.numbers and draw(st.booleans()):
        return draw(st.sampled_from(world.numbers))
    return draw(NUMBER)


@st.composite
def spelled(draw: st.DrawFn, world: World, qubit: int) -> str:
    """One qubit, by one of its names."""
    name, qubits, is_single = draw(st.sampled_from([r for r in world.registers if qubit in r[1]]))
    if is_single:
        return name
    place = qubits.index(qubit)
    forms = [
        f"{name}[{place}]",
        f"{name}[{place - len(qubits)}]",
        f"{name}[{place}:{place + 1}]",
        f"{name}[{place} + 0]",
    ]
    return f"{name}[{place}]" if draw(st.booleans()) else draw(st.sampled_from(forms))


@st.composite
def operands(draw: st.DrawFn, world: World, count: int) -> str:
    """Operands for a gate on `count` qubits: single ones, a register spread, or registers broadcast."""
    kind = draw(st.integers(0, 4))
    whole = [r for r in world.registers if not r[2]]
    if kind == 0 and count == 1 and whole:
        return draw(st.sampled_from(whole))[0]
    if kind == 1 and count > 1:
        fitting = [r for r in whole if len(r[1]) >= count]
        if fitting:
            name, qubits, _ = draw(st.sampled_from(fitting))
            start = draw(st.integers(0, len(qubits) - count))
            step = draw(st.sampled_from(["", ":1"]))
            return f"{name}[{start}:{start + count}{step}]" if len(qubits) > count else name
    if kind == 2 and count == 2:
        fitting = [r for r in whole if len(r[1]) == 4]
        if fitting:
            name = draw(st.sampled_from(fitting))[0]
            return draw(
                st.sampled_from([f"{name}[0:2], {name}[2:4]", f"{name}[::2], {name}[1::2]", f"{name}[0], {name}[1:]"])
            )
    chosen = draw(st.permutations(range(world.width)))[:count]
    return ", ".join([draw(spelled(world, qubit)) for qubit in chosen])


@st.composite
def application(
    draw: st.DrawFn, world: World, native: bool, inside: list[str] | None = None, may_native: bool = False
) -> str:
    """One gate; `inside` are the operand names of the gate being defined, whose bodies take single names only."""
    width = len(inside) if inside is not None else world.width

    def placed(count: int) -> str:
        if inside is None:
            return draw(operands(world, count))
        return ", ".join(draw(st.permutations(inside))[:count])

    if native:
        name = draw(st.sampled_from(["gpi", "gpi2", "zz", "ms"] if width > 1 else ["gpi", "gpi2"]))
        if name in ("gpi", "gpi2"):
            return f"{name}({draw(FRACTION_OF_TURN)}) {placed(1)}"
        if name == "zz":
            return f"zz({draw(ENTANGLING)}) {placed(2)}"
        last = draw(st.sampled_from(["", f", {draw(ENTANGLING)}", f", angle = {draw(ENTANGLING)}"]))
        return f"ms({draw(FRACTION_OF_TURN)}, {draw(FRACTION_OF_TURN)}{last}) {placed(2)}"
    kind = draw(
        st.sampled_from(
            ["one", "one", "turned", "turned", "two", "two", "many", "three", "own", "own", "root", "pauli", "phase"]
        )
    )
    controls, before = 0, ""
    own = None
    if kind == "own" and world.gates:
        fitting = [g for g in world.gates if g.operands <= width and (may_native or not g.is_native)]
        own = draw(st.sampled_from(fitting)) if fitting else None
    name, count, arguments = "h", 1, ""
    if own is not None:
        given = draw(st.integers(own.parameters - own.defaults, own.parameters))
        inner = [draw(number(world)) for _ in range(given)]
        name, count, arguments = own.name, own.operands, f"({', '.join(inner)})" if inner else ""
    elif kind == "turned":
        two = width > 1 and draw(st.booleans())
        name, count, arguments = (
            draw(st.sampled_from(TWO_TURNED if two else ONE_TURNED)),
            1 + two,
            f"({draw(angle(world))})",
        )
    elif kind == "two" and width > 1:
        name, count = draw(st.sampled_from(TWO)), 2
    elif kind == "many":
        name = draw(st.sampled_from([n for n, (_, size) in MANY.items() if size <= width]))
        count = MANY[name][1]
        arguments = "(" + ", ".join(draw(angle(world)) for _ in range(MANY[name][0])) + ")"
    elif kind == "three" and width > 2:
        name, count = draw(st.sampled_from(THREE)), 3
    elif kind == "root":
        name = draw(st.sampled_from(ROOTS))
        count = 2 if name in ("cnot", "swap", "zz(0.7)", "cz", "iswap") else 1
        if count > width:
            name, count = "x", 1
        before = f"pow({draw(st.sampled_from(['0.5', '-0.25', '1/3', '2.5']))}) @ "
    elif kind == "pauli":
        count = draw(st.integers(1, min(3, width)))
        if draw(st.booleans()):
            arguments = f"({draw(NUMBER)}, {draw(st.sampled_from(OPERATORS[count]))})"
        else:
            arguments = f"({draw(NUMBER)}, {OTHER[count]}, steps = {draw(st.integers(1, 2))})"
        name = "pauliexp"
    elif kind == "phase":
        if draw(st.booleans()) or width < 1:
            return f"gphase({draw(angle(world))})"
        return f"ctrl @ gphase({draw(angle(world))}) {placed(1)}"
    elif kind == "one":
        name = draw(st.sampled_from(ONE))
    if own is None or not own.is_native:  # pulses turned round or repeated may be ones no machine takes
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            modifier = draw(st.sampled_from(["inv", "ctrl", "negctrl", "pow(2)", "pow(-1)", "ctrl"]))
            if "ctrl" in modifier:
                if controls + count >= width:
                    continue
                controls += 1
            before = f"{modifier} @ {before}"
    return f"{before}{name}{arguments} {placed(count + controls)}"


@st.composite
def statements(draw: st.DrawFn, world: World, depth: int, native: bool, fenced: bool, indent: str) -> list[str]:
    """The statements of a block."""
    lines = []
    for _ in range(draw(st.integers(1, 5 if depth else 7))):
        if world.budget <= 0:
            break
        world.budget -= 1
        kind = draw(st.sampled_from(["gate"] * 9 + ["for", "if", "block", "barrier", "const"])) if depth < 2 else "gate"
        if kind == "gate":
            lines.append(draw(application(world, native, may_native=True)))
            continue
        if kind == "barrier":
            lines.append(draw(st.sampled_from(["barrier", f"barrier {draw(operands(world, 1))}"])))
            continue
        before = len(world.numbers), len(world.angles)
        if kind == "const":
            name = f"n{len(world.numbers)}_{depth}_{world.budget}"
            lines.append(f"const {name} = {draw(NUMBER)}")
            world.numbers.append(name)
            continue
        if kind == "for":
            name = f"i{depth}_{world.budget}"
            if draw(st.booleans()):
                values = draw(st.sampled_from(["range(2)", "range(1, 4, 2)", "[0.5, pi/3]", "linspace(0, 1, 2)"]))
                world.numbers.append(name)
            else:
                values = draw(st.sampled_from(["[45deg]", "[0.1turn, 1rad]", "linspace(0deg, 90deg, 3)"]))
                world.angles.append(name)
            body = draw(statements(world, depth + 1, native, fenced, indent + "  "))
            lines.append(_block(f"for {name} in {values}", body, indent))
        elif kind == "if":
            condition = draw(
                st.sampled_from(["1 < 2", "false", "not 2 in [1, 3]", "len([1]) == 1 and pi > 3", "90deg < 1rad"])
            )
            body = draw(statements(world, depth + 1, native, fenced, indent + "  "))
            text = _block(f"if {condition}", body, indent)
            if draw(st.booleans()):
                del world.numbers[before[0] :], world.angles[before[1] :]
                other = draw(statements(world, depth + 1, native, fenced, indent + "  "))
                text += " " + _block("else", other, indent)
            lines.append(text)
        elif kind == "block":
            word = draw(st.sampled_from(["verbatim", "native"]))
            body = draw(statements(world, depth + 1, native or word == "native", True, indent + "  "))
            lines.append(_block(word, body, indent))
        del world.numbers[before[0] :], world.angles[before[1] :]
    return lines


def _block(head: str, body: list[str], indent: str) -> str:
    inner = f"\n{indent}  ".join(body)
    return f"{head} {{\n{indent}  {inner}\n{indent}}}"


@st.composite
def gate_definition(draw: st.DrawFn, world: World, index: int) -> str:
    """A gate that may call those before it."""
    count = draw(st.integers(1, min(3, world.width)))
    parameters = draw(st.integers(0, 2))
    defaults = draw(st.integers(0, parameters))
    native = draw(st.sampled_from([False, False, False, True]))
    names = [f"p{place}" for place in range(parameters)]
    inside = ["a", "b", "c"][:count]
    inner = World(world.width, [], world.gates, [*world.numbers, *names], list(world.angles))
    body = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["gate", "gate", "gate", "phase", "for", "if", "const"]))
        if native and kind != "const":
            text = draw(application(inner, True, inside))
            body.append(f"native {{ {text} }}")
        elif kind == "phase":
            body.append(f"gphase({draw(angle(inner))})")
        elif kind == "const":
            body.append(f"const k{len(body)} = {draw(number(inner))} / 2")
            inner.numbers.append(f"k{len(body) - 1}")
        elif kind == "for":
            body.append(f"for j in range(2) {{ {draw(application(inner, False, inside))} }}")
        elif kind == "if":
            first, second = (draw(application(inner, False, inside)) for _ in range(2))
            body.append(f"if {draw(number(inner))} > 0.2 {{ {first} }} else {{ {second} }}")
        else:
            body.append(draw(application(inner, False, inside)))
    formals = [
        name if place < parameters - defaults else f"{name} = {draw(NUMBER)}" for place, name in enumerate(names)
    ]
    world.gates.append(Gate(f"g{index}", parameters, defaults, count, native))
    head = f"gate g{index}" + (f"({', '.join(formals)})" if formals else "")
    return f"{head} {', '.join(inside)} {{ {'; '.join(body)} }}"


@st.composite
def programs(draw: st.DrawFn, native: bool | None = None, widest: int = 4, registers: bool = True) -> str:
    """A text with one bare circuit; with `native` the circuit's own gateset, otherwise mostly qis."""
    is_native = draw(st.sampled_from([False, False, False, True])) if native is None else native
    world = World(draw(st.integers(1, widest)))
    lines = [draw(st.sampled_from(["qc 1", "# a program", "## documented"]))]
    for index in range(draw(st.integers(0, 2))):
        if draw(st.booleans()):
            lines.append(f"const c{index} = {draw(NUMBER)}")
            world.numbers.append(f"c{index}")
        else:
            lines.append(f"const c{index} = {draw(UNIT)}")
            world.angles.append(f"c{index}")
    if draw(st.booleans()):
        lines.append(f"param t = {draw(NUMBER)}, th[2] = [{draw(NUMBER)}, {draw(NUMBER)}]")
        world.numbers += ["t", "th[0]", "th[-1]"]
    if not is_native:
        lines += [draw(gate_definition(world, index)) for index in range(draw(st.integers(0, 2)))]
    if is_native:
        lines.append("gateset native")
    first = draw(st.integers(0, world.width - 1))
    if first:
        lines.append(f"qubit {', '.join(f's{index}' for index in range(first))}")
        world.registers += [(f"s{index}", [index], True) for index in range(first)]
    lines.append(f"qubit q[{world.width - first}]")
    world.registers.append(("q", list(range(first, world.width)), False))
    if draw(st.booleans()):
        order = draw(st.permutations(range(world.width)))
        lines.append("let al = " + ", ".join([draw(spelled(world, qubit)) for qubit in order]))
        world.registers.append(("al", list(order), False))
    lines += draw(statements(world, 0, is_native, False, ""))
    if registers and draw(st.sampled_from([False, False, True])):
        slots = draw(st.permutations(range(world.width)))[: draw(st.integers(1, world.width))]
        lines.append("register out = _, " + ", ".join([draw(spelled(world, qubit)) for qubit in slots]))
    if draw(st.integers(0, 4)) == 4:
        lines.append(draw(st.sampled_from(TESTS)))
    return draw(st.sampled_from(["\n", "\n", "\n\n", " ;\n"])).join(lines) + draw(st.sampled_from(["\n", ""]))


TESTS = (
    'test "one" { qubit p; x p; expect value(p) == 1 }',
    'test "many" for a in range(3) for b in [a, -a] {\n  qubit p[2]\n  rx(a) p[0]; inv @ rx(b if b > 0 else a) p[0]\n'
    '  expect same(identity)\n  if a > 1 { h p } else { z p[1] }\n  expect prob("00") <= 1 within 1e-3\n}',
    'test "empty" {}',
)
"""Tests, which change nothing about a program."""


@st.composite
def symbolic_programs(draw: st.DrawFn, widest: int = 3) -> str:
    """A text whose two parameters, `t` and `s`, have no value: they stand wherever the language takes one."""
    world = World(draw(st.integers(2, widest)))
    world.registers.append(("q", list(range(world.width)), False))
    world.numbers += ["t", "s", "t - s"]
    lines = [
        "param t",
        "param s",
        "gate own(a) x, y { rx(a) x; ctrl @ ry(a/2 + 1) x, y; gphase(a) }",
        f"qubit q[{world.width}]",
    ]
    world.gates.append(Gate("own", 1, 0, 2, False))
    linear = st.sampled_from(["t", "-s", "2*t - s/3", "t + pi/2", "0.1", "t*pi", "90deg", "sin(t)", "t*s", "(t + s)*2"])
    for _ in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["one", "two", "many", "own", "fixed", "native"]))
        if kind == "native":
            turns = draw(st.sampled_from(["t", "s/2", "0.1", "t + 0.25"]))
            lines.append(f"native {{ gpi2({turns}) {draw(operands(world, 1))} }}")
        elif kind == "one":
            lines.append(f"{draw(st.sampled_from(ONE_TURNED))}({draw(linear)}) {draw(operands(world, 1))}")
        elif kind == "two":
            lines.append(f"{draw(st.sampled_from(TWO_TURNED))}({draw(linear)}) {draw(operands(world, 2))}")
        elif kind == "many":
            lines.append(f"u3({draw(linear)}, {draw(linear)}, {draw(linear)}) {draw(operands(world, 1))}")
        elif kind == "own":
            modifier = draw(st.sampled_from(["", "inv @ ", "pow(2) @ "]))
            argument = draw(linear.filter(lambda text: "deg" not in text))  # its body adds a plain number
            lines.append(f"{modifier}own({argument}) {draw(operands(world, 2))}")
        else:
            name, count = draw(st.sampled_from([("h", 1), ("s", 1), ("cnot", 2)]))
            lines.append(f"{name} {draw(operands(world, count))}")
    return "\n".join(lines) + "\n"
