"""Diagnostics: limits that keep every program's time and memory bounded."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

LIMITS: tuple[Code, ...] = (
    Code(
        "QC0511",
        "the program takes more than {limit} steps of work",
        """Every expression, statement and round of a loop is a step, and numbers with many digits, long lists,
operators and formulas count for more. A program may take the stated number of steps and four more for each character of
its text, and each gate it applies gives fifty of them back, so that any text ends within seconds: what is bounded is
work that makes no gates. The place shown is the outermost loop that was running, with the expression or statement at
which the steps were used up.

Reading counts as well: each word, number and sign takes five steps, out of the stated number for every statement. A
statement of more than 200,000 of them is refused where it begins. A text may have any number of statements.

Look for a loop with an empty body, a list that is longer than meant, or a value that is worked out again in every
round: `const` before the loop keeps it. Values that no formula gives belong in a list, or come with `--set`.""",
        label="this loop or expression",
        labels={"here": "the last step was here"},
        helps=(
            "divide the statement, with a `const` for each part: it has more than {tokens} words, numbers and signs",
        ),
        otherwise="make the loop or list shorter, or work out before the loop what is the same in every round",
        example="qubit q\nfor i in range(10**6) { for j in range(10**6) { } }\nh q\n",
        fixed="qubit q\nfor i in range(10) { for j in range(10) { h q } }\n",
    ),
    Code(
        "QC0501",
        "the program expands to more than {limit} operations",
        """Loops, powers and gate definitions are opened into a plain list of gates, and that list is bounded, so that
any file compiles in bounded time and memory. A few lines of nested loops reach the bound easily. Machines run some
thousands of gates before noise has won, and a request to the service holds a few hundred thousand.

Look for a loop whose bound is larger than meant, or a `pow(k) @` with a huge k.""",
        helps=("look for a loop or a `pow` that repeats more often than meant",),
        example="qubit q[2]\ngate step a, b { h a; cnot a, b }\npow(6000000) @ step q\n",
        fixed="qubit q[2]\ngate step a, b { h a; cnot a, b }\npow(6) @ step q\n",
    ),
    Code(
        "QC0502",
        "a list has more than {limit} elements",
        """Lists may have up to a million elements, so that any file compiles in bounded time and memory. How much work
all lists and loops of a program may take together is counted in steps (QC0511).""",
        helps=("look for a range or a factor that is longer than meant",),
        example="const weights = [0] * 10**9\nqubit q\nrx(weights[0]) q\n",
        fixed="const weights = [0] * 10\nqubit q\nrx(weights[0]) q\n",
    ),
    Code(
        "QC0503",
        "the expression is nested too deeply",
        """More than a hundred parts of the expression stand in each other: signs in a row, powers of powers, or
functions of sums of functions. Sums, products and chains of `if ... else` may be as long as a statement may be.
Programs that reach this are usually written by other programs.""",
        helps=("name inner parts with `const`",),
    ),
    Code(
        "QC0504",
        "gates call each other more than {limit} deep",
        """A gate whose body uses a gate whose body uses a gate, and so on, is opened to the end, down to a fixed depth.
Nobody writes so many levels by hand; a generated file can usually use a `for` instead of one gate for each size.""",
        helps=("replace a chain of definitions by a `for`",),
    ),
    Code(
        "QC0505",
        "{size} qubits are not possible: a circuit has 1 to {limit}",
        """A register has at least one qubit, and a circuit at most as many as stated. The machines have a few dozen
qubits; the bound is there for programs that only count gates. A size of 0 or less comes from an expression, such as `n
- 1` for n = 1.""",
        helps=("check the size of the register",),
        example="const n = 1\nqubit q[n - 1]\nx q\n",
        fixed="const n = 1\nqubit q[n]\nx q\n",
    ),
    Code(
        "QC0506",
        "{size} elements are not possible: a parameter has 1 to 100000",
        """`param th[n]` declares n scalar parameters, `th[0]` to `th[n-1]`. There is at least one, and the bound on
their number keeps the time a program takes to compile within limits.""",
        helps=("check the size of the parameter",),
        example="param th[0]\nqubit q\nh q\n",
        fixed="param th[1]\nqubit q\nry(th[0]) q\n",
    ),
    Code(
        "QC0507",
        "{count} circuits are more than the {limit} one program may run",
        """A `run` with a loop, or a `--sweep`, makes one circuit for each value, and several sweeps one for each
combination of values. The bound keeps the time a program takes within limits. The service takes far fewer circuits in
one job; that limit is checked when the request is made.""",
        helps=("run fewer values at once",),
        example="circuit tilt(theta) {\n  qubit q\n  rx(theta) q\n}\nrun tilt(t) for t in range(200000)\n",
        fixed="circuit tilt(theta) {\n  qubit q\n  rx(theta) q\n}\nrun tilt(t) for t in range(20)\n",
    ),
    Code(
        "QC0508",
        "includes stand more than {limit} deep",
        """A file includes a file that includes a file, and so on. The chain is followed down to a fixed depth. Files
that are included side by side, or from several places, do not count: each is read once.""",
        helps=("include the files side by side, from the main file",),
    ),
    Code(
        "QC0509",
        "`{path}` is larger than {limit} MB",
        """Source texts are read up to this size. A program that long is written by another program: let it write loops
and gate definitions instead of every gate, or split it into several files with `include`, or build the circuit with the
Python API, which has no such limit.""",
        helps=("write repetitions as loops, or split the file",),
    ),
    Code(
        "QC0510",
        "the product of two operators has more than {limit} terms",
        """A product of sums has a term for every pair of their terms, so that a few factors in a row are enough to fill
any memory. Products of two sums with up to two hundred terms each are within the bound, and sums may be much longer.

Multiply single Pauli letters, and add the products up.""",
        helps=("write the operator as a sum of products",),
        example="const a = sum([X[i] for i in range(300)])\nconst b = sum([Z[i] for i in range(300, 600)])\n"
        "hamiltonian big = a * b\nqubit q\nh q\n",
        fixed="hamiltonian big = sum([X[i] * Z[i + 300] for i in range(300)])\nqubit q\nh q\n",
    ),
)
