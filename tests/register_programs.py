"""Writes seeded random programs whose gates take registers.

`program(seed)` is one text. Its gates take registers of any length, of a fixed length, and single qubits, with aliases,
slices, index lists, loops, conditions and assertions over lengths in their bodies, and call each other under modifiers;
some have a body of a single statement, for real powers. Circuits give them registers, slices, choices and aliases, and
string operands together for gates on single qubits. Each gate is written for some lengths of its registers, and mostly
called with these; some programs are errors. This module does not know the meaning of a program.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from random import Random

ONE = ["h", "x", "s", "t", "rx(0.3)", "rz(pi/7)", "p(a)", "ry(a)", "v"]
TWO = ["cnot", "swap", "zz(0.7)", "cp(0.4)", "cz", "iswap"]
MODIFIERS = ["inv @ ", "pow(2) @ ", "pow(-1) @ ", "ctrl @ ", "negctrl @ ", "ctrl(2) @ ", "negctrl(2) @ "]
ROOTS = ["pow(0.5) @ ", "pow(1/3) @ ", "pow(-1.5) @ "]
CONDITIONS = ["len({r}) > 1", "len({r}) % 2 == 0", "a > 0.5", "len({r}) == 3", "len({r}) < 3"]


@dataclass
class Operand:
    """Qubits under a name: one if `length` is None, else a register; `text` is as its declaration writes it."""

    name: str
    length: int | None
    text: str


class Writer:
    """One program in the making."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"registers {seed}")
        self.gates: list[tuple[str, list[Operand]]] = []
        self.aliases = 0

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    # --- operands

    def given(self, wanted: list[int | None], visible: list[Operand]) -> list[str] | None:
        """Operands of these lengths, all of different qubits except by mistake; None if there are too few qubits."""
        r = self.random
        free = {operand.name: list(range(operand.length or 1)) for operand in visible}
        lengths = {operand.name: operand.length for operand in visible}
        result = []
        for length in wanted:
            if length is not None and self.chance(30):
                length += r.choice([-1, 1])
            if self.chance(60):
                length = 1 if length is None else None
            fits = [name for name in free if len(free[name]) >= (length or 1) and (not length or lengths[name])]
            fits = [name for name in fits if lengths[name] is not None or length is None]
            if not fits:
                return None
            name = r.choice(fits)
            count = 1 if length is None else length
            whole = lengths[name] == count and len(free[name]) == count and length is not None
            r.shuffle(free[name])
            taken, free[name] = free[name][:count], free[name][count:]
            if self.chance(50):
                free[name] += taken
            result.append(self._spelled(name, taken, lengths[name], length is None, whole))
        return result

    def _spelled(self, name: str, taken: list[int], length: int | None, is_qubit: bool, whole: bool) -> str:
        """Some positions of a register, in one of the ways to write them."""
        if length is None:
            return name
        if is_qubit:
            return f"{name}[{taken[0] - length if self.chance(3) else taken[0]}]"
        if whole and not self.chance(4):
            return name + self.random.choice(["", "", "[:]", "[::-1]"])
        taken = sorted(taken) if self.chance(2) else taken
        steps = {after - before for before, after in pairwise(taken)}
        if not taken:
            return f"{name}[1:1]"
        if len(taken) == 1 or steps == {1}:
            return f"{name}[{taken[0]}:{taken[-1] + 1}]"
        return f"{name}[{', '.join(map(str, taken))}]"

    # --- statements

    def application(self, visible: list[Operand], gates: list[tuple[str, list[Operand]]]) -> str:
        r = self.random
        modifier = r.choice(MODIFIERS) if self.chance(2) else ""
        controls = 2 if "(2) @" in modifier and "ctrl" in modifier else int("ctrl" in modifier)
        if modifier and self.chance(3):
            modifier = r.choice(["inv @ ", "pow(2) @ "]) + modifier
        before: list[int | None] = [2] if controls == 2 and self.chance(2) else [None] * controls
        kind = r.randrange(10)
        if kind < 5 and gates:
            name, formals = r.choice(gates)
            if self.chance(5):
                modifier += r.choice(ROOTS)
            head, wanted = f"{name}({r.choice(['0.3', '1', 'a', 'pi/5'])})", [formal.length for formal in formals]
        elif kind < 7:
            head, wanted = r.choice(TWO), r.choice([[None, None], [None, 2], [2, 2], [2]])
        elif kind == 7:
            head = r.choice(["pauliexp(0.2, X[0]*Z[1])", "ctrl @ swap", "ccx", "ctrl @ gphase(a)"])
            wanted, before = r.choice([[3], [2, None], [1, 2], [None, None, None]]), before[:0] if controls else before
            modifier = "" if controls else modifier
        else:
            head, wanted = r.choice(ONE), [r.choice([None, 1, 2, 3])]
        operands = self.given([*before, *wanted], visible)
        if operands is None:
            return f"gphase({r.choice(['a', '0.2'])})"
        return f"{modifier}{head} {', '.join(operands)}"

    def statements(
        self, visible: list[Operand], count: int, gates: list[tuple[str, list[Operand]]], depth: int = 0
    ) -> list[str]:
        r, lines = self.random, []
        for _ in range(count):
            registers = [operand for operand in visible if operand.length]
            kind = r.randrange(10)
            if kind < 2 and registers:
                parts = self.given([r.choice([1, 2, 2, 3]) for _ in range(r.choice([1, 2]))], visible)
                if parts is not None:
                    self.aliases += 1
                    lines.append(f"let v{self.aliases} = {', '.join(parts)}")
                    length = sum(self._length(part, visible) for part in parts)
                    visible = [*visible, Operand(f"v{self.aliases}", length, "")]
            elif kind == 2 and registers and depth < 2:
                register = r.choice(registers)
                others = [operand for operand in visible if not operand.length]
                inner = f"{r.choice(ONE)} {register.name}[i]"
                if others and self.chance(2):
                    inner += f"; {r.choice(TWO)} {register.name}[i], {r.choice(others).name}"
                inner += f"; for j in range(i) {{ cp(pi/2**(i - j)) {register.name}[i], {register.name}[j] }}"
                lines.append(f"for i in range(len({register.name})) {{ {inner} }}")
            elif kind == 3 and registers and depth < 2:
                condition = r.choice(CONDITIONS).format(r=r.choice(registers).name)
                inner = "; ".join(self.statements(visible, 1, gates, depth + 1))
                other = f" else {{ {self.application(visible, gates)} }}" if self.chance(2) else ""
                lines.append(f"if {condition} {{ {inner} }}{other}")
            elif kind == 4 and self.chance(3):
                pulses = self.given([r.choice([None, 2])], visible) or []
                pairs = self.given(r.choice([[None, None], [2, 2], [2]]), visible) or []
                blocks = [f"gpi2(0.25) {', '.join(pulses)}"] * bool(pulses)
                blocks += [f"zz({r.choice(['0.1', 'a'])}) {', '.join(pairs)}"] * bool(pairs)
                lines.append(f"native {{ {'; '.join(blocks)} }}")
            elif kind == 4 and registers:
                lines.append(f"assert len({r.choice(registers).name}) > 0")
            else:
                lines.append(self.application(visible, gates))
        return lines

    @staticmethod
    def _length(text: str, visible: list[Operand]) -> int:
        """The length of an operand that `_spelled` wrote; a choice is as long as it has commas and one."""
        name, _, indices = text.partition("[")
        whole = next(operand.length or 1 for operand in visible if operand.name == name)
        parts = indices.rstrip("]")
        if not parts or parts in (":", "::-1"):
            return whole
        if ":" in parts:
            start, stop = parts.split(":")
            return int(stop) - int(start)
        return parts.count(",") + 1

    def definition(self, number: int) -> str:
        r = self.random
        formals = []
        for name in ["q", "w", "z"][: r.choice([1, 1, 2, 2, 3])]:
            length = None if formals and self.chance(3) else r.choice([1, 2, 2, 3])
            size = "" if not self.chance(3) else str(length) if not formals or self.chance(2) else "len(q)"
            if size == "len(q)":
                length = formals[0].length
            formals.append(Operand(name, length, name if length is None else f"{name}[{size}]"))
        body = self.statements(formals, 1 if self.chance(3) else r.randint(1, 4), self.gates)
        self.gates.append((f"g{number}", formals))
        return f"gate g{number}(a) {', '.join(formal.text for formal in formals)} {{ {'; '.join(body)} }}"

    def program(self) -> str:
        r = self.random
        definitions = [self.definition(number) for number in range(r.randint(1, 4))]
        declared = [Operand("r", 5, "r[5]"), Operand("s", 2, "s[2]"), Operand("b", None, "b"), Operand("c", None, "c")]
        lines = ["const a = 0.7", f"qubit {', '.join(operand.text for operand in declared)}"]
        lines += self.statements(declared, r.randint(2, 5), self.gates)
        return "\n".join([*definitions, *lines, ""])


def program(seed: int) -> str:
    """The text of a program."""
    return Writer(seed).program()
