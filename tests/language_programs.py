"""Writes seeded random programs with all of version 2 of the language, as the texts of their files.

`program(seed)` is a `Whole`. Its expressions, functions and Hamiltonians are those of form_programs.py, its gates over
registers those of register_programs.py. Around them are files of the standard library and their gates under
modifiers, an included file, data that is loaded from JSON and CSV, native and verbatim blocks, open parameters, several
circuits with sweeps of one or two values, and energies. Some programs are errors. This module does not know the
meaning of a program.
"""

from __future__ import annotations

import json
from random import Random

import form_programs
import register_programs
from register_programs import Operand
from whole_programs import MAIN, Whole

LIBRARY: dict[str, list[tuple[str, list[int | None]]]] = {
    "fourier": [
        ("qft", [3]), ("qft", [2]), ("approximate_qft(2)", [3]), ("phase_gradient({real})", [2]),
        ("phase_estimation({real})", [2, None]),
    ],
    "arithmetic": [
        ("add", [2, 2]), ("ripple_add", [2, 2]), ("add_with_carry", [2, 2, None]), ("fourier_add", [1, 3]),
        ("add_constant({whole})", [3]), ("less_than", [2, 2, None]), ("less_than_constant({whole})", [2, None]),
        ("multiply", [1, 2, 3]), ("add_constant_modulo(1, 3)", [2, None]),
    ],
    "states": [
        ("basis({whole} & 7)", [3]), ("ghz", [3]), ("w", [3]), ("dicke(1)", [3]), ("uniform(5)", [3]),
        ("uniform(1 + ({whole}) % 4)", [2]), ("amplitudes([1, 2, {whole}, 0.5])", [2]),
        ("amplitudes([0.5]*4, [0, 0.3, {real}, -1])", [2]), ("diagonal([0, {real}, 1, -0.2])", [2]),
    ],
    "search": [
        ('mark("101")', [3]), ("mark_number({whole} & 3)", [2]), ("reflect", [3]), ("diffusion", [2]),
        ('search(["01", "11"], 1)', [2]),
    ],
    "simulation": [
        ("ising({real}, 0.5, {real}, order = {order})", [3]), ("heisenberg(0.2, 1, {real}, 0.3, steps = 2)", [2]),
        ("xy({real}, 1, 0.2)", [3]), ("hubbard(0.1, 1, {real})", [2, 2]),
        ('block_encode([({real}, "XZ"), (0.3, "ZI")])', [1, 2]),
        ('qubitized_step([(0.5, "X"), (-0.2, "Y"), ({real}, "Z")])', [2, 1]),
    ],
    "optimisation": [
        ("cost_layer([(0, 1), (1, 2)], [1, {real}], 0.3)", [3]), ("x_mixer({real})", [2]), ("xy_mixer({real})", [3]),
        ("qaoa([(0, 1)], [1], [{real}], [0.2])", [2]),
    ],
    "ansatz": [
        ("hardware_efficient([{real}*k for k in range(8)], 1)", [2]), ("two_local([0.1, {real}]*3, 1)", [3]),
        ("givens({real})", [None, None]), ("double_excitation({real})", [None] * 4),
        ('two_local([{real}]*4, 1, kind = "cnot")', [2]),
    ],
    "random": [
        ("haar({whole})", [None, None]), ("brickwork({whole}, 2)", [3]), ("quantum_volume(7)", [3]),
        ("clifford({whole})", [3]), ("clifford(3)", [2]),
    ],
    "codes": [
        ("repetition_encode", [3]), ("repetition_syndrome", [3, 2]), ("phase_repetition_encode", [3]),
        ("four_two_two_encode", [4]),
    ],
}  # fmt: skip
"""File of the standard library -> calls of its gates, with the lengths of their operands."""

JSON = {"n": 3, "J": 0.25, "edges": [[0, 1], [1, 2], [0, 2]], "deep": {"x": [1, 2.5], "name": "ZX"}, "half": 0.5}
CSV = ["i,w\n0,0.5\n1,-0.25\n2,1\n", "0,0.5\n1,-0.25\n2,1\n"]
MANY = "linspace(0.1, 1, 9)"
"""As many points of a sweep that the compiler reads a circuit once, with symbols, if only its angles depend on them."""
QUBITS = [Operand("r", 3, "r[3]"), Operand("t", None, "t"), Operand("s", 2, "s[2]")]


class Writer(form_programs.Writer):
    """One program in the making: the forms of version 2, with the gates over registers of a second writer."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.random.seed(f"language {seed}")
        self.registers = register_programs.Writer(seed)
        self.registers.random = self.random
        self.library: list[tuple[str, list[int | None]]] = []
        self.files: dict[str, str] = {}

    # --- statements

    def statement(self, depth: int = 0) -> str:
        r = self.random
        kind = r.randrange(12)
        if kind < 3 and self.library:
            return self.from_library(depth)
        if kind < 6:
            registers = self.registers
            return "; ".join(registers.statements(QUBITS, 1, registers.gates, 2))
        if kind == 6 and depth < 2:
            return self.pinned(depth)
        if kind == 7:
            return r.choice(["barrier", "barrier r", "barrier t, s", 'assert len(r) == 3, "three"'])
        return super().statement(depth)

    def from_library(self, depth: int) -> str:
        """A gate of the standard library under modifiers, on qubits that fit."""
        r = self.random
        call, wanted = r.choice(self.library)
        modifier = r.choice(["", "", "inv @ ", "ctrl @ ", "negctrl @ ", "pow(2) @ ", "inv @ pow(-1) @ "])
        operands = self.registers.given([*[None] * ("ctrl" in modifier), *wanted], QUBITS)
        if operands is None:
            return super().statement(depth)
        call = call.format(real=r.choice([*self.real, "0.7"]), whole=self.integer(2), order=r.choice([1, 2, 4]))
        return f"{modifier}{call} {', '.join(operands)}"

    def pinned(self, depth: int) -> str:
        """A block that the optimiser leaves alone."""
        if self.chance(2):
            return self.block("verbatim", [], depth + 1)
        pulses = ["gpi2(0.25) r", f"gpi({self.random.choice(['0.1', '45deg'])}) t", "zz(0.1) r[0], t", "zz(0.2) s"]
        return f"native {{ {'; '.join(self.random.sample(pulses, 2))} }}"

    # --- items

    def definitions(self) -> list[str]:
        """Functions, Hamiltonians and gates, in some order of kinds."""
        r = self.random
        count = len(self.functions), len(self.operators), len(self.gates)
        lines = [self.function(count[0] + k) for k in range(r.randint(0, 2))]
        lines += [self.hamiltonian(count[1] + k) for k in range(r.randint(0, 2))]
        lines += [self.gate(100 + count[2] + k) for k in range(r.randint(0, 2))]
        lines += [self.registers.definition(len(self.registers.gates)) for _ in range(r.randint(0, 2))]
        return lines

    def loaded(self) -> list[str]:
        """Constants from files of data."""
        lines = []
        if self.chance(2):
            self.files["data.json"] = json.dumps(JSON)
            lines.append('const data = load("data.json")')
            self.whole += ["data.n", 'len(data["edges"])', "data.edges[1][0]", "sum(a + b for a, b in data.edges)"]
            self.real += ["data.J", 'data["deep"].x[1]', 'len(data.deep["name"])/data.n']
        if self.chance(3):
            self.files["rows.csv"] = self.random.choice(CSV)
            weight = "row.w" if "w" in self.files["rows.csv"] else "row[1]"
            lines.append(f'const weights = [{weight} for row in load("rows.csv")]')
            self.real += ["weights[-1]", "sum(weights)"]
        return lines

    def test(self) -> str:
        """A test, which changes nothing about the program."""
        if self.chance(2) or not self.library:
            return form_programs.TEST
        call, wanted = self.random.choice(self.library)
        call = call.format(real="0.3", whole="2", order=2)
        operands = ", ".join(self.registers.given(wanted, QUBITS) or ["r"])
        return f'test "undone" {{\n  qubit r[3], t, s[2]\n  {call} {operands}; inv @ {call} {operands}\n  ' + (
            "expect same(identity) within 1e-9\n}"
        )

    def circuit(self, name: str, formals: list[str]) -> str:
        before = list(self.whole), list(self.real), list(self.operators)
        self.real += [formal for formal in formals if formal in "ab"]
        body = ["qubit r[3], t, s[2]", *(self.statement() for _ in range(self.random.randint(2, 5)))]
        if self.chance(4):
            body.append(f"register out = {self.random.choice(['r, t', '_, s[1]', 't, _, r[::2]', 'r[0]'])}")
        self.whole, self.real, self.operators = before
        inner = "\n".join(body).replace("\n", "\n  ")
        head = f"({', '.join(formals)})" if formals else ""
        return f"circuit {name}{head} {{\n  {inner}\n}}"

    def run(self, names: list[tuple[str, list[str]]]) -> str:
        r, items = self.random, []
        for number, (name, formals) in enumerate(names):
            if len(formals) == 2 and "=" not in formals[1]:
                pairs = r.choice(["[(0.1, 1), (0.2, pi/3)]", "zip(linspace(0, 1, 2), [2, 3])"])
                items.append(f'{name}(x, b = y) for x, y in {pairs} as "{number} {{x:.2f}} {{y:.3f}}"')
            elif formals and self.chance(2):
                items.append(f'{name}(k) for k in {r.choice(["[0.1, 2]", "range(2)", MANY])} as "{number} {{k}}"')
            else:
                items.append(f'{name}({", ".join(["0.4"][: len(formals)])}) as "{number}"'.replace("() ", " "))
        return "run " + ",\n    ".join(items)

    def energy(self) -> list[str]:
        """An ansatz with open parameters, and its energy."""
        r = self.random
        self.registers.chance = lambda one_in: False  # type: ignore[method-assign]
        self.real.append("th[0]")
        body = ["qubit r[3], t, s[2]", "ry(th[0]) r", "zz(th[1]) r[0], t"]
        body.append(f"pauliexp(th[1], {self.operator(3)}, steps = 1, order = {r.choice([1, 2, 4])}) r")
        self.real.pop()
        body += [self.statement(1) for _ in range(r.randint(0, 2))]
        inner = "\n".join(body).replace("\n", "\n  ")
        entries = ["ansatz = ansatz", f"hamiltonian = {r.choice(['m', 'm', self.operator(3)])}", "params = [0.1, 2]"]
        entries += r.choice([[], [], ["cvar_alpha = 0.5"]])
        block = "\n  ".join(entries)
        return [
            "param th[2]",
            f"hamiltonian m = {self.operator(3)} + Z[0]",
            f"circuit ansatz {{\n  {inner}\n}}",
            f"energy {{\n  {block}\n}}",
        ]

    def whole_program(self) -> Whole:
        """The files."""
        r = self.random
        head = ["qc 2"] if self.chance(2) else []
        for file in r.sample(sorted(LIBRARY), r.choice([0, 1, 1, 2])):
            head.append(f'include "std/{file}.qc"')
            self.library += LIBRARY[file]
        if self.chance(3):
            again = r.choice(["", 'include "std/fourier.qc"\n'])
            self.files["lib.qc"] = again + "\n".join([*self.definitions(), self.test(), ""])
            head.insert(r.randint(len(head) > 0 and head[0] == "qc 2", len(head)), 'include "lib.qc"')
            self.library += LIBRARY["fourier"] if again else []
        lines = [*head, *self.loaded(), *self.definitions()]
        lines.append(r.choice(["const a = 0.7", "param a = 0.7", "param a = 0.7", "param a"]))
        self.real.append("a")
        lines += [self.test()] * self.chance(4)
        shape = r.choice(["bare", "bare", "circuits", "circuits", "energy"])
        if shape == "bare":
            lines += ["qubit r[3], t, s[2]", *(self.statement() for _ in range(r.randint(2, 6)))]
        elif shape == "circuits":
            names = []
            for number in range(r.randint(1, 3)):
                formals = r.choice([[], ["a"], ["a", "b"], ["a", "b = a"], ["a", "b = 2*a"]])
                lines.append(self.circuit(f"c{number}", formals))
                names.append((f"c{number}", formals))
            lines.append(self.run(names))
        else:
            lines += self.energy()
        return Whole({MAIN: "\n".join([*lines, ""]), **self.files})


def program(seed: int) -> Whole:
    """The texts of a program."""
    return Writer(seed).whole_program()


Flags = dict[str, str]


def flags(seed: int, text: str) -> tuple[Flags, Flags]:
    """Values and sweeps for the parameter of a program, as flags give them; both are empty if it has none."""
    if "param a" not in text:
        return {}, {}
    random = Random(f"flags {seed}")
    value = random.choice(["1", "0.3", "pi/4", "-0.0"])
    sweep = random.choice(["[0.1, 2]", "range(1, 3)", "[1, 1.0]", MANY, "range(9)"])
    return random.choice([({}, {"a": sweep}), ({"a": value}, {}), ({}, {})])
