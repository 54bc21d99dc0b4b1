"""Hypothesis strategies that write whole `.qc` files: several circuits, a job, runs, included files, comments.

`whole_programs()` draws a `Whole`, the texts of a main file and of its includes, nearly always valid by the rules of
the language; its circuits come from programs.py. `broken()` draws one with a token or two removed, doubled, exchanged
or added. This module does not know the meaning of a program; tests compute it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st
from programs import NUMBER, UNIT, World, gate_definition, spelled, statements

from ionqdsl.ir.keywords import KEYWORDS

MAIN = "main.qc"


@dataclass(frozen=True)
class Whole:
    """The texts of a program by their paths, the main file's first."""

    files: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The main file's."""
        return self.files[MAIN]

    def write(self, folder: Path) -> Path:
        """Writes the files and gives the main one's path."""
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode())
        return folder / MAIN

    def with_text(self, text: str) -> Whole:
        """The same with another main file."""
        return Whole({**self.files, MAIN: text})


WORDS = [
    "a note",
    "rx(90) q[0]",
    "",
    "lint: off QC1001",
    "\u00e9\u03c0 \U0001f389",
    '"quoted',
    "} else {",
    "TODO: x; y",
]
LABELS = ['"{k} of {{all}}"', '"at {k:.3f}"', '"k = {k:>8.2f}!"', '"{k}"']
SWEPT = ["linspace(0, pi, 3)", "[0.1, 0.2turn/turn, pi/3]", "range(3)", "linspace(0deg, 90deg, 2)", "[45deg, 0.3rad]"]
SECRETS = ['"IONQ_TEAM"', '"HOME_OF_NOBODY"']


@st.composite
def whole_programs(draw: st.DrawFn, widest: int = 3) -> Whole:
    """A program with every construct of the language, as the texts of its files."""
    files: dict[str, str] = {}
    shared = World(widest)
    head: list[str] = []
    if draw(st.booleans()):
        head.append(draw(st.sampled_from(["qc 1", "## The purpose of the file.\nqc 1"])))
    items: list[str] = []
    borrowed: list[str] = []
    if draw(st.integers(0, 3)) == 0:
        path = draw(st.sampled_from(["lib.qc", "sub/lib of mine.qc"]))
        files[path], borrowed = draw(_library(shared))
        items.append(f'include "{path}"')
    items += draw(_values(shared))
    items += [
        _documented(draw, draw(gate_definition(shared, len(shared.gates)))) for _ in range(draw(st.integers(0, 2)))
    ]
    shape = draw(st.sampled_from(["bare", "bare", "circuits", "circuits", "circuits", "energy", "function"]))
    job: list[str] = []
    if draw(st.booleans()):
        job = [_commented(draw, draw(_job(shape)))]
    if shape == "bare":
        body = draw(_body(shared, "", False))
        items += job + body if draw(st.booleans()) else body + job
    elif shape == "function":
        items += [*job, draw(_function())]
        if draw(st.booleans()):
            items.append(draw(_circuit(shared, "spare"))[0])
    elif shape == "energy":
        items += job + draw(_energy(shared))
    else:
        names, blocks = [*borrowed], []
        for index in range(draw(st.integers(1, 3))):
            text, call = draw(_circuit(shared, f"c{index}"))
            blocks.append(_documented(draw, text))
            names.append(call)
        runs = [draw(_run(names))] if draw(st.integers(0, 2)) else []
        parts = [*blocks, *job, *runs]
        items += draw(st.permutations(parts)) if draw(st.booleans()) else parts
    if draw(st.integers(0, 4)) == 0:
        items.append(f"hamiltonian spare = {draw(_operator(2))}")
    between = draw(st.sampled_from(["\n", "\n", "\n\n", "\n\n\n"]))
    text = between.join([*head, *items]) + draw(st.sampled_from(["\n", "\n", "", "\n\n", "\n# the end"]))
    if draw(st.integers(0, 2)) == 0:
        text = draw(with_few_names(text))
    files[MAIN] = draw(with_comments(text))
    return Whole({MAIN: files.pop(MAIN), **files})


@st.composite
def _values(draw: st.DrawFn, world: World) -> list[str]:
    """Constants and parameters; their names go into the world."""
    lines = []
    for index in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["number", "angle", "list", "text", "derived"]))
        name = f"k{index}"
        if kind == "number":
            lines.append(f"const {name} = {draw(NUMBER)}")
            world.numbers.append(name)
        elif kind == "angle":
            lines.append(f"const {name} = {draw(UNIT)}")
            world.angles.append(name)
        elif kind == "list":
            lines.append(f"const {name} = [{draw(NUMBER)},\n  {draw(NUMBER)}, {draw(NUMBER)},]")
            world.numbers += [f"{name}[0]", f"{name}[-1]", f"sum({name}[1:])", f"len({name})"]
        elif kind == "text":
            lines.append(f'const {name} = "caf\\u00e9 # no comment"'.replace("\\u00e9", "\u00e9"))
        else:
            lines.append(f"const {name} = max([x*2 for x in range(4) if x != 2]) // 4 + {draw(NUMBER)}")
            world.numbers.append(name)
    if draw(st.booleans()):
        value = draw(NUMBER | UNIT)
        lines.append(f"param t = {value}" + draw(st.sampled_from(["", ", th[2] = [0.5, -pi/8]"])))
        (world.angles if re.search(r"deg|rad|turn", value) else world.numbers).append("t")
        if "th[" in lines[-1]:
            world.numbers += ["th[0]", "th[-1]", "th[0] + th[1]"]
    if draw(st.integers(0, 3)) == 0:
        lines.append("param open")
        world.numbers += ["open", "2*open", "open/3 + 1"]
    return lines


@st.composite
def _more(draw: st.DrawFn, native: bool, first: int) -> list[str]:
    """Statements that programs.py leaves out: plain lines, chains of conditions, names in inner blocks."""
    gates = ["gpi(0.25)", "gpi2(-0.1turn)"] if native else ["h", "rx(0.5)", "rz(-pi/4)", "u1(90deg)", "ry(1e-3)", "t"]
    kind = draw(st.sampled_from(["plain", "chain", "inner", "wide", "calls"]))
    if kind == "plain":
        names = draw(st.lists(st.sampled_from(gates), min_size=7, max_size=12))
        return [f"{name} {draw(st.sampled_from(['', ' ']))}q[0]" for name in names]
    if kind == "chain":
        one, other = draw(st.sampled_from(gates)), draw(st.sampled_from(gates))
        heads = draw(st.permutations(["1 > 2", "len([]) == 0", "false"]))
        return [f"if {heads[0]} {{ {one} q }} else if {heads[1]} {{\n {other} q }}\nelse if {heads[2]} {{ }}"]
    if kind == "inner":
        name = draw(st.sampled_from(["q", "al", "k0", "inner"]))
        return [f"for i in range(1) {{\n  let {name} = q[i:]\n  {gates[0]} {name}\n}}"]
    if kind == "wide":
        return [f"{gates[0]} q[0 if 1 < 2 else len([x for x in [1, 2, 3] if x > 1]):1,\n  ]"]
    return [
        "barrier q[0],\n  q[0]" if first else "barrier q",
        "const k0 = [k0*2 for k0 in range(3)][-1]",
        f"{gates[1]} q[-1]",
    ]


NAMES = re.compile(r"\b(?:k\d|p\d|i\d_\d+|n\d+_\d+_\d+|[abc]|al|back|s\d|q|g\d|c\d|t|out|again)\b(?!\")")
FEW = ["a", "k0", "q", "x_1", "p0", "al", "out", "g0"]


@st.composite
def with_few_names(draw: st.DrawFn, text: str) -> str:
    """The text with some of its names taken for others, so that they hide each other, or clash."""
    parts = re.split(r'("[^"\n]*"|#[^\n]*)', text)
    found = sorted(set(NAMES.findall("".join(parts[::2]))))
    chosen = draw(st.lists(st.sampled_from(found), max_size=3, unique=True)) if found else []
    to = {name: draw(st.sampled_from(FEW)) for name in chosen}
    parts[::2] = [NAMES.sub(lambda match: to.get(match[0], match[0]), part) for part in parts[::2]]
    return "".join(parts)


@st.composite
def _body(draw: st.DrawFn, shared: World, indent: str, native: bool, size: str = "") -> list[str]:
    """The statements of one circuit: gateset, qubits, aliases, gates, registers."""
    world = World(
        draw(st.integers(1, shared.width)),
        gates=list(shared.gates),
        numbers=list(shared.numbers),
        angles=list(shared.angles),
        budget=14,
    )
    lines = ["gateset native"] if native else draw(st.sampled_from([[], [], ["gateset qis"]]))
    if size:
        world.width = shared.width
    first = 0 if size else draw(st.integers(0, world.width - 1))
    if first:
        lines.append("qubit " + ", ".join(f"s{index}" for index in range(first)))
        world.registers += [(f"s{index}", [index], True) for index in range(first)]
    length = world.width - first
    lines.append(f"qubit q[{size or length}]")
    world.registers.append(("q", list(range(first, world.width)), False))
    if draw(st.integers(0, 2)) == 0:
        order = list(draw(st.permutations(range(world.width))))
        lines.append("let al = " + ", ".join([draw(spelled(world, qubit)) for qubit in order]))
        world.registers.append(("al", order, False))
    if length > 1 and draw(st.integers(0, 3)) == 0:
        lines.append("let back = q[::-1]")
        world.registers.append(("back", list(range(world.width - 1, first - 1, -1)), False))
    if draw(st.integers(0, 3)) == 0:
        lines.append(draw(st.sampled_from(['assert 1 < 2, "so it is"', "assert len([1, 2]) == 2"])))
    if native and draw(st.integers(0, 4)) == 0:
        lines.append("nop(0.5)")
    lines += draw(statements(world, 0, native, False, indent))
    if draw(st.integers(0, 3)) == 0:
        lines += draw(_more(native, first))
    if draw(st.integers(0, 2)) == 0:
        slots = draw(st.permutations(range(world.width)))[: draw(st.integers(1, world.width))]
        read = [draw(spelled(world, qubit)) for qubit in slots]
        lines.append("register out = " + draw(st.sampled_from(["", "_, "])) + ", ".join(read))
        if draw(st.booleans()):
            lines.append("register again = q[0:1]")
    return lines


@st.composite
def _circuit(draw: st.DrawFn, shared: World, name: str) -> tuple[str, str]:
    """A circuit block, and its form in `run`: its name with `(k)` where it takes a value."""
    native = draw(st.integers(0, 3)) == 0
    world = World(shared.width, gates=shared.gates, numbers=list(shared.numbers), angles=list(shared.angles))
    kind = draw(st.sampled_from(["none", "none", "number", "angle", "two", "size"]))
    formals, call, size = "", name, ""
    if kind == "number":
        formals, call = f"(a = {draw(NUMBER)})", f"{name}(*)"
        world.numbers += ["a", "a/2"]
    elif kind == "angle":
        formals, call = f"(a = {draw(UNIT)})", f"{name}()"
        world.angles.append("a")
    elif kind == "two":
        formals, call = f"(a, b = {draw(NUMBER)})", f"{name}(**)"
        world.numbers += ["a", "b", "a - b"]
    elif kind == "size":
        formals, call, size = (
            f"(n = {world.width}, a = n/2)",
            f"{name}({world.width})",
            draw(st.sampled_from(["n", "1*n", "n//1"])),
        )
        world.numbers += ["n", "a"]
    body = draw(_body(world, "  ", native, size))
    lines = "\n  ".join(body)
    return f"circuit {name}{formals} {{\n  {lines}\n}}", call


@st.composite
def _run(draw: st.DrawFn, names: list[str]) -> str:
    """A run of some of the circuits, with values, labels and sweeps."""
    items = []
    for number, name in enumerate(draw(st.permutations(names))[: draw(st.integers(1, len(names)))]):
        if "*" not in name:
            items.append(name + draw(st.sampled_from(["", f' as "label {number}"'])))
            continue
        plain, two = name.rstrip("(*)"), name.endswith("(**)")
        more = draw(st.sampled_from(["", ", b = 0.25", ", 1/7"])) if two else ""
        if draw(st.booleans()):
            swept = draw(st.sampled_from(SWEPT[:3]))
            label = draw(st.sampled_from(LABELS)).replace("{", "{", 1)
            items.append(f"{plain}(k{more}) for k in {swept} as {label.replace(chr(34), chr(34) + f'{number}: ', 1)}")
        else:
            items.append(f"{plain}({draw(NUMBER)}{more})" + draw(st.sampled_from(["", f' as "value {number}"'])))
    return "run " + draw(st.sampled_from([", ", ",\n    "])).join(items)


@st.composite
def _job(draw: st.DrawFn, shape: str) -> str:
    """A job block; backend, noise and mitigation fit each other."""
    entries = []
    kind = draw(st.sampled_from(["none", "simulator", "noisy", "aria", "forte"]))
    if draw(st.booleans()):
        entries.append('name = "tab\\t \\"quoted\\" \\\\ \u00e9"')
    if kind in ("simulator", "noisy"):
        entries.append('backend = "simulator"')
    if kind == "noisy" and shape not in ("energy", "function"):
        entries.append('noise { model = "aria-1"; seed = 7 }')
    if kind in ("aria", "forte"):
        entries.append(f'backend = "qpu.{kind}-1"')
        entries.append("shots = 500")
        entries.append(f"settings {{ error_mitigation {{ debiasing = {draw(st.sampled_from(['true', 'false']))} }} }}")
    else:
        entries.append(f"shots = {draw(st.sampled_from(['100', '2*50', '1_000']))}")
        if shape not in ("energy", "function"):
            entries.append('settings {\n  compilation { opt = 0; precision = "1E-3" }\n}')
    if draw(st.booleans()):
        entries.append(
            f'metadata {{ team = "chem"; "at" = "x"; owner = env({draw(st.sampled_from(SECRETS))}) }}'.replace(
                '"at" = "x"; ', ""
            )
        )
    if draw(st.booleans()):
        entries.append("dry_run = true")
    entries = draw(st.permutations(entries))
    between = draw(st.sampled_from(["; ", "\n  "]))
    return f"job {{ {between.join(entries)} }}"


@st.composite
def _operator(draw: st.DrawFn, width: int) -> str:
    terms = [
        "0.3435*Z[0]",
        "Z[0]*Z[1]/3",
        "(1 - 2)*X[1]",
        "Y[0]*Y[1]",
        "0.25",
        "sum([k*Z[k] for k in range(2)])",
        "-X[0]",
    ]
    if width < 2:
        terms = ["0.5*Z[0]", "X[0]", "1.5", "-Y[0]/2"]
    return " + ".join(["Z[0]", *draw(st.lists(st.sampled_from(terms), max_size=3))])


@st.composite
def _energy(draw: st.DrawFn, shared: World) -> list[str]:
    """An ansatz with parameters, a hamiltonian and the energy."""
    count = draw(st.integers(1, 2))
    world = World(2, gates=shared.gates, numbers=["v[0]", "2*v[-1]", "0.3"], budget=8)
    world.registers.append(("q", [0, 1], False))
    body = ["qubit q[2]", "rx(v[0]) q[0]", f"ry(v[{count - 1}] + 0.1) q[1]"]
    body += draw(statements(world, 1, False, False, "  "))
    block = "circuit ansatz {\n  " + "\n  ".join(body) + "\n}"
    entries = ["hamiltonian = m", "ansatz = ansatz"]
    if draw(st.booleans()):
        entries.append("params = [" + ", ".join(["0.1", "-pi/3"][:count]) + "]")
    if draw(st.integers(0, 2)) == 0:
        entries.append("cvar_alpha = 0.25")
    if draw(st.integers(0, 3)) == 0:
        entries.append(f"penalty = 2\n  linear_constraints = [[[{', '.join(['1'] * 2)}], 1]]")
    lines = [f"param v[{count}]", block, f"hamiltonian m = {draw(_operator(2))}"]
    return [*lines, "energy {\n  " + "\n  ".join(entries) + "\n}"]


@st.composite
def _function(draw: st.DrawFn) -> str:
    data = draw(
        st.sampled_from(["depth = 3", 'inner { words = ["a", "b"]; none = null }', "rows = [[1, 2], [0.5, -1e-3]]"])
    )
    params = draw(st.sampled_from(["", "; params = [0.1, 1/4]", "\n  params = []"]))
    return f'function {{ type = "my-function"; data {{ {data} }}{params} }}'


@st.composite
def _library(draw: st.DrawFn, shared: World) -> tuple[str, list[str]]:
    """An included file, and the circuits in it that a run may name."""
    lines = ["# a library", "const lib_n = 3", "## The half of something.", "const lib_half = lib_n/6"]
    shared.numbers += ["lib_n", "lib_half"]
    inner = World(shared.width, numbers=["lib_half"])
    lines.append(draw(gate_definition(inner, 7)))
    shared.gates += inner.gates
    names = []
    if draw(st.booleans()):
        text, call = draw(_circuit(World(shared.width, numbers=["lib_half"]), "lib_circuit"))
        lines.append(text)
        names.append(call)
    if draw(st.booleans()):
        lines.append("hamiltonian lib_m = Z[0] + lib_half*X[1]")
    return "\n".join(lines) + "\n", names


def _documented(draw: st.DrawFn, text: str) -> str:
    if draw(st.integers(0, 2)):
        return text
    return draw(st.sampled_from(["## One line.\n", "## Two lines,\n## with `code` and rx(90).\n", "##\n"])) + text


def _commented(draw: st.DrawFn, text: str) -> str:
    return text + draw(st.sampled_from(["", "", "  # as asked for"]))


@st.composite
def with_comments(draw: st.DrawFn, text: str) -> str:
    """Comments, blanks and blank lines where the language lets them stand."""
    places = [0, len(text)]
    places += [match.end() for match in re.finditer(r'"[^"\n]*"|#[^\n]*|([\n,{(\[])|(?=[)\]}])', text) if match[1]]
    chosen = draw(st.sets(st.sampled_from(places), max_size=4)) if draw(st.booleans()) else set()
    for place in sorted(chosen, reverse=True):
        word = draw(st.sampled_from(WORDS))
        put = draw(st.sampled_from([f"# {word}\n", f"  # {word}\n", "\n", " ", "\t"]))
        if place and "\n" in put and not put.strip().startswith("#") and text[place - 1] != "\n":
            put = " "
        text = text[:place] + put + text[place:]
    return draw(st.sampled_from([text, text, text, text.replace("\n", "\r\n")]))


TOKEN = re.compile(r'#[^\n]*|"[^"\n]*"?|\w+|\s+|.')
STRAY = [
    *sorted(KEYWORDS), "cnot", "rx", "pi", "deg", "q", "out", "n", "0", "1", "-1", "0.5", "90deg", "1e400", '"', "'",
    "(", ")", "[", "]", "{", "}", ",", ";", "\n", "@", "=", "==", ":", "#", "\u03c0", "\u2028", "->", "!", "measure",
    "_",
]  # fmt: skip


@st.composite
def broken(draw: st.DrawFn, widest: int = 3) -> Whole:
    """A program whose main text has one token, or a few, deleted, doubled, exchanged, put in, or cut off."""
    whole = draw(whole_programs(widest))
    pieces = TOKEN.findall(whole.text)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        at = draw(st.integers(0, max(len(pieces) - 1, 0)))
        kind = draw(st.sampled_from(["delete", "delete", "double", "change", "change", "put", "swap", "cut"]))
        if kind == "delete":
            del pieces[at : at + 1]
        elif kind == "double":
            pieces[at:at] = pieces[at : at + 1]
        elif kind == "put":
            pieces.insert(at, draw(st.sampled_from(STRAY)))
        elif kind == "cut":
            del pieces[at:]
        elif pieces:
            other = draw(st.integers(0, len(pieces) - 1))
            if kind == "swap":
                pieces[at], pieces[other] = pieces[other], pieces[at]
            else:
                pieces[at] = draw(st.sampled_from([draw(st.sampled_from(STRAY)), pieces[other]]))
    return whole.with_text("".join(pieces))
