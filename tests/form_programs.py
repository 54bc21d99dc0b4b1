"""The expressions and items of version 2, for language_programs.py, which writes random programs with them.

A `Writer` knows functions with defaults that call those before them, tuples and loops over them, comprehensions with
several clauses, generator arguments, operators on bits, sums over several lines, Hamiltonians with parameters and in
circuits, `pauli`, product formulas of higher order, gates on registers, and `e` as a name. Some of its programs are
errors. It does not know the meaning of a program.
"""

from __future__ import annotations

import re
from random import Random

CONTINUED = ["{} +\n  {}", "{}\n  + {}", "{} - # the rest\n  {}", "{}\n  * {}"]
TEST = 'test "unused" for a, b in [(1, 2)] {\n  qubit p[2]\n  x p[0]\n  expect value(p) == a within 1e-9\n}'


class Writer:
    """One program in the making, on qubits `r[3], t`.

    `whole` and `real` are expressions for whole and other numbers that a place sees.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(f"forms {seed}")
        self.functions: list[tuple[str, int, int]] = []  # name, parameters, defaults
        self.operators: list[tuple[str, int]] = []  # name, parameters
        self.gates: list[str] = []
        self.whole = ["2", "3", "5"]
        self.real = ["0.3", "pi/4", "1/3"]
        self.names = 0

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    def name(self, letter: str) -> str:
        self.names += 1
        return f"{letter}{self.names}" if not self.chance(8) else "e"

    # --- expressions

    def integer(self, depth: int = 0) -> str:
        """A whole number, small except by mistake."""
        r = self.random
        kind = r.randrange(12) if depth < 3 else 0
        if kind < 3:
            return r.choice([*self.whole, str(r.randrange(6))])
        one, other = self.integer(depth + 1), self.integer(depth + 1)
        if kind < 6:
            return f"({one} {r.choice(['&', '|', '^', '+', '-', '*', '//', '%'])} {other})"
        if kind == 6:
            return f"({one} {r.choice(['<<', '>>'])} {r.randrange(3)})"
        if kind == 7:
            return f"(~{one})"
        if kind == 8 and self.functions:
            return self.call(depth)
        if kind == 9:
            values = self.values(depth + 1)
            return r.choice([f"sum({values})", f"len({values})", f"max({values})", f"sorted({values})[0]"])
        if kind == 10:
            return f"(1 if {self.condition(depth + 1)} else {other})"
        return f"({one}, {other})[{r.choice(['0', '1', '-1'])}]"

    def call(self, depth: int) -> str:
        """A call of one of the functions, by position, or with the last argument by name."""
        r = self.random
        name, parameters, defaults = r.choice(self.functions)
        count = r.randint(parameters - defaults, parameters) if not self.chance(40) else parameters + 1
        given = [self.integer(depth + 1) for _ in range(count)]
        if given and self.chance(3):
            given[-1] = f"p{count - 1} = {given[-1]}"
        return f"{name}({', '.join(given)})"

    def values(self, depth: int = 0) -> str:
        """Whole numbers: a list, a range, a comprehension with several clauses."""
        r = self.random
        kind = r.randrange(7) if depth < 3 else 0
        if kind == 0:
            return f"[{', '.join(self.integer(3) for _ in range(r.randint(1, 3)))}]"
        if kind == 1:
            return f"range({r.randint(1, 4)})"
        if kind == 2:
            return f"{r.choice(['sorted', 'reversed'])}({self.values(depth + 1)})"
        one, other = self.name("v"), self.name("w")
        first, then = self.values(depth + 1), f"range({r.choice([one, '2', one + ' % 3'])})"
        before = list(self.whole)
        self.whole += [one, other]
        body, condition = self.integer(2), self.condition(2)
        self.whole = before
        clause = f"for {one} in {first} for {other} in {then}"
        if kind == 3:
            return f"[{body} {clause}] + [1]"
        if kind == 4:
            return f"[{body} {clause} if {condition}] + [{self.integer(3)}]"
        if kind == 5:
            return f"[{body} for {one}, {other} in {self.pairs(depth + 1)}]"
        return f"[{body} for {one} in {first} if {one} > 0 for {other} in [{one}]] + [0]"

    def pairs(self, depth: int = 0) -> str:
        """Pairs of whole numbers."""
        r = self.random
        kind = r.randrange(5) if depth < 3 else 0
        if kind == 0:
            return f"[{', '.join(f'({self.integer(3)}, {self.integer(3)})' for _ in range(r.randint(1, 3)))}]"
        if kind == 1:
            return f"zip({self.values(depth + 1)}, {self.values(depth + 1)})"
        if kind == 2:
            return f"enumerate({self.values(depth + 1)}{r.choice(['', ', 1'])})"
        if kind == 3:
            return f"{r.choice(['sorted', 'reversed'])}({self.pairs(depth + 1)})"
        one, other = self.name("x"), self.name("y")
        return f"[({other}, {one}) for {one}, {other} in {self.pairs(depth + 1)}]"

    def condition(self, depth: int = 0) -> str:
        r = self.random
        kind = r.randrange(6) if depth < 3 else 0
        if kind < 2:
            return f"{self.integer(3)} {r.choice(['<', '==', '>=', '!='])} {self.integer(3)}"
        if kind == 2:
            return f"({self.integer(3)}, 1) {r.choice(['==', '!=', '<', '>='])} {r.choice(['(1, 1)', '(2, 0)'])}"
        name = self.name("u")
        values = self.values(depth + 1)
        before = list(self.whole)
        self.whole.append(name)
        inner = self.condition(depth + 2)
        self.whole = before
        if kind == 5:
            inner = re.sub(rf"\b{name}\b", "1", inner)
            return f"({inner} and not {self.condition(depth + 2)})"
        return f"{r.choice(['any', 'all'])}({inner} for {name} in {values})"

    def angle(self) -> str:
        """A number that an angle may be, sometimes on several lines."""
        r = self.random
        kind = r.randrange(7)
        if kind == 0:
            return r.choice(self.real)
        if kind == 1:
            return r.choice(CONTINUED).format(r.choice(self.real), f"{self.integer(2)}/7")
        if kind == 2:
            return f"sum({r.choice(self.real)}*k for k in {self.values(1)})"
        if kind == 3:
            return f"sum(a/(3 + b*b) for a, b in {self.pairs(1)})"
        if kind == 4:
            return f"(pi if {self.condition(1)} else 0.1)"
        return f"{self.integer(1)}*{r.choice(self.real)}"

    def operator(self, width: int) -> str:
        """A sum of Pauli products on qubits below the width."""
        r = self.random
        letters = "".join(r.choice("IXYZ") for _ in range(width))
        kind = r.randrange(6)
        if kind == 0 and self.operators:
            name, parameters = r.choice(self.operators)
            return f"{name}({width}, {self.angle()})" if parameters else name
        if kind == 1:
            return f'{r.choice(self.real)}*pauli("{letters}") + pauli("{r.choice("XZ") * width}")'
        if kind == 2:
            return f"sum(Z[i]*Z[i + 1] for i in range({width - 1})) + 0.2*X[{width - 1}]"
        if kind == 3:
            return f"sum({r.choice(['X', 'Z'])}[i]/(1 + i) for i, _j in enumerate({[0] * width}))"
        if kind == 4:
            return f"sum(w*Z[i]*X[(i + 1) % {width}] for i, w in zip(range({width}), {self.values(1)}))"
        return f'pauli("{letters}")\n  + {r.choice(self.real)}*Y[0]'

    # --- items

    def function(self, number: int) -> str:
        r = self.random
        parameters = r.randint(1, 3)
        defaults = r.randint(0, parameters)
        names = [f"p{place}" for place in range(parameters)]
        before = list(self.whole)
        self.whole += names
        body = self.integer()
        self.whole = before
        formals = [
            name if place < parameters - defaults else f"{name} = {r.randrange(4)}" for place, name in enumerate(names)
        ]
        self.functions.append((f"f{number}", parameters, defaults))
        return f"def f{number}({', '.join(formals)}) = {body}"

    def hamiltonian(self, number: int) -> str:
        name = f"m{number}"
        if self.chance(2):
            self.operators.append((name, 0))
            return f'hamiltonian {name} = 0.4*pauli("ZXI") +\n  0.25*Z[2]'
        self.operators.append((name, 2))
        body = self.random.choice(
            ["sum(j*Z[i]*Z[i + 1] for i in range(n - 1))", "j*X[0] - sum(Z[i] for i in range(n))", 'j*pauli("YIX")']
        )
        return f"hamiltonian {name}(n, j{self.random.choice(['', ' = 0.5'])}) = {body}"

    def gate(self, number: int) -> str:
        r = self.random
        before = list(self.whole), list(self.real)
        self.whole.append("len(q)")
        self.real.append("a")
        turns = f"rx(a/({r.choice(['i', 'len(q)'])} + 1))"
        body = r.choice(
            [
                f"for i, s in enumerate(reversed(range(len(q)))) {{ {turns} q[s]; ry({self.angle()}) q[i] }}",
                f"const pairs = [(i, j) for i in range(len(q)) for j in range(i)]\n"
                f"  for i, j in pairs {{ cp({self.angle()}) q[i], q[j] }}",
                f"pauliexp(a, sum(Z[i] for i in range(len(q))) + X[0], steps = 2, order = {r.choice([1, 2, 4])}) q",
                f"for i in range(len(q)) {{ if {self.condition()} {{ h q[i] }} else {{ s q[i] }} }}",
            ]
        )
        self.whole, self.real = before
        self.gates.append(f"g{number}")
        return f"gate g{number}(a) q[] {{\n  {body}\n}}"

    # --- statements

    def statement(self, depth: int = 0) -> str:
        r = self.random
        kind = r.randrange(11)
        if kind == 0:
            name = self.name("k")
            text = f"const {name} = {self.integer()}"
            self.whole.append(name)
            return text
        if kind == 1:
            name = self.name("o")
            text = f"hamiltonian {name} = {self.operator(3)}"
            self.operators.append((name, 0))
            return text
        if kind in (2, 3):
            plain = [name for name, count in self.operators if not count]
            name = r.choice(plain or ["Z[0]*X[1]"])
            operator = name if self.chance(3) else self.operator(3)
            some = f", steps = {r.randint(1, 2)}"
            more = r.choice(["", some, ", order = 2", ", steps = 2, order = 4", ", order = 1"])
            control = r.choice(["", "", "inv @ ", "ctrl @ "])
            qubits = "t, r[0], r[1], r[2]" if control == "ctrl @ " else "r"
            return f"{control}pauliexp({self.angle()}, {operator}{more}) {qubits}"
        if kind == 4 and self.gates:
            modifier = r.choice(["", "inv @ ", "ctrl @ ", "pow(2) @ "])
            where = r.choice(["r", "r[1:]", "r[0, 2]", "r[::-1]"])
            return f"{modifier}{r.choice(self.gates)}({self.angle()}) {'t, ' if 'ctrl' in modifier else ''}{where}"
        if kind in (5, 6) and depth < 2:
            one, other = self.name("i"), self.name("j")
            head = r.choice(
                [
                    f"for {one}, {other} in {self.pairs()}",
                    f"for {one}, ({other}, _k) in enumerate({self.pairs()})",
                    f"for {one} in {self.values()}",
                ]
            )
            return self.block(head, [one, other] if other in head.split(" in ")[0] else [one], depth)
        if kind == 7 and depth < 2:
            return self.block(f"if {self.condition()}", [], depth)
        if kind == 8:
            return f"{r.choice(['rx', 'rz', 'p'])}({self.angle()}) r[({self.integer()}) % 3]"
        if kind == 9:
            return f"cnot r[{r.randrange(3)}], t"
        return f"ry({self.angle()}) {r.choice(['t', 'r', 'r[0]'])}"

    def block(self, head: str, names: list[str], depth: int) -> str:
        before = list(self.whole), list(self.operators)
        self.whole += names
        body = [self.statement(depth + 1) for _ in range(self.random.randint(1, 3))]
        self.whole, self.operators = before
        inner = "\n  ".join(line.replace("\n", "\n  ") for line in body)
        return f"{head} {{\n  {inner}\n}}"
