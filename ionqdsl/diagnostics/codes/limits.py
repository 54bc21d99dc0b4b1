"""Diagnostics about limits that keep the time and memory of every program bounded."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

LIMITS: tuple[Code, ...] = (
    Code(
        "QC0511",
        "the program takes more than {limit} steps of work",
        """Every expression, statement and round of a loop is a step, and numbers with many digits, long lists,
operators and formulas count as several. A program may take the number of steps in the message and four more for each
character of its text, and each gate it applies gives fifty of them back. So only work that produces no gates is
bounded, to a few seconds. The error points at the outermost loop that was running and at the expression or statement
that took the last step.

Reading counts as well: each word, number and sign takes five steps, and every statement may take the full number. A
statement of more than 200,000 words, numbers and signs is refused at its start. A text may have any number of
statements.

Look for a loop with an empty body, a list that is longer than intended, or a value that is computed again in every
round: compute it once, with a `const` before the loop. Write values that follow no formula as a list, or pass them with
`--set`.""",
        label="this loop or expression",
        labels={"here": "the last step was here"},
        helps=(
            "divide the statement, with a `const` for each part: it has more than {tokens} words, numbers and signs",
        ),
        otherwise="make the loop or list shorter, or compute values that do not change before the loop",
        example="qubit q\nfor i in range(10**6) { for j in range(10**6) { } }\nh q\n",
        fixed="qubit q\nfor i in range(10) { for j in range(10) { h q } }\n",
    ),
    Code(
        "QC0501",
        "the program expands to more than {limit} operations",
        """Loops, powers and gate definitions are expanded into a flat list of gates. Its length is bounded, so that any
file compiles in bounded time and memory. A few nested loops easily reach the bound. Machines run some thousands of
gates before noise dominates, and a request to the service holds a few hundred thousand.

Look for a loop whose bound is larger than intended, or a `pow(k) @` with a huge k.""",
        helps=("look for a loop or a `pow` that repeats more often than intended",),
        example="qubit q[2]\ngate step a, b { h a; cnot a, b }\npow(6000000) @ step q\n",
        fixed="qubit q[2]\ngate step a, b { h a; cnot a, b }\npow(6) @ step q\n",
    ),
    Code(
        "QC0502",
        "a list or a string has more than {limit} elements",
        """Lists and strings may have up to a million elements, so that any file compiles in bounded time and memory.
The total work of all lists and loops of a program is counted in steps (QC0511).""",
        helps=("look for a range or a factor that is larger than intended",),
        example="const weights = [0] * 10**9\nqubit q\nrx(weights[0]) q\n",
        fixed="const weights = [0] * 10\nqubit q\nrx(weights[0]) q\n",
    ),
    Code(
        "QC0503",
        "this is nested too deeply",
        """More than a hundred parts of an expression, together with the blocks around it, are nested: signs in a row,
powers of powers, functions of sums of functions, or loops in loops. Sums, products and chains of `if ... else` do not
count as nested. Programs that reach this limit are usually generated.""",
        helps=("name inner parts: an expression with `const`, part of a circuit with `gate`",),
    ),
    Code(
        "QC0504",
        "gates or functions call each other more than {limit} deep",
        """The body of a gate may use gates whose bodies use gates, and so on, down to a fixed depth; so it is with
functions. Nobody writes that many levels by hand; a generated file can usually use a `for` instead of one gate for each
size.""",
        helps=("replace a chain of definitions by a `for`",),
    ),
    Code(
        "QC0505",
        "{size} qubits are not possible: a circuit has 1 to {limit}",
        """A register has at least one qubit, and a circuit at most as many as the message says. Machines have a few
dozen qubits; wider circuits are useful only for counting gates. A size of 0 or less usually comes from an
expression, such as `n - 1` for n = 1.""",
        helps=("give the register a size from 1 to {limit}",),
        example="const n = 1\nqubit q[n - 1]\nx q\n",
        fixed="const n = 1\nqubit q[n]\nx q\n",
    ),
    Code(
        "QC0506",
        "{size} elements are not possible: a parameter has 1 to 100000",
        """`param th[n]` declares n scalar parameters, `th[0]` to `th[n-1]`. At least one is required, and the upper
bound limits compile time.""",
        helps=("give the parameter a size from 1 to 100000",),
        example="param th[0]\nqubit q\nh q\n",
        fixed="param th[1]\nqubit q\nry(th[0]) q\n",
    ),
    Code(
        "QC0507",
        "{count} circuits are more than the {limit} that one program may run",
        """A `run` with a loop, or a `--sweep`, makes one circuit for each value, and several sweeps make one for each
combination of values. The bound limits compile time. The service takes far fewer circuits in one job; that limit is
checked when the payload is written.""",
        helps=("run fewer values at once",),
        example="circuit tilt(theta) {\n  qubit q\n  rx(theta) q\n}\nrun tilt(t) for t in range(200000)\n",
        fixed="circuit tilt(theta) {\n  qubit q\n  rx(theta) q\n}\nrun tilt(t) for t in range(20)\n",
    ),
    Code(
        "QC0508",
        "includes are nested more than {limit} deep",
        """A file includes a file that includes a file, and so on. The compiler follows such a chain down to a fixed
depth. Only the depth counts: a file may include many others, and one included from several places is read once.""",
        helps=("include all the files from the main file",),
    ),
    Code(
        "QC0509",
        "`{path}` is larger than {limit} MB",
        """Programs are read up to this size. A longer one is usually generated: let its generator write loops and gate
definitions instead of every gate, split it into several files with `include`, or build the circuit with the Python API,
which has no such limit.""",
        helps=("write repetitions as loops, or split the file",),
    ),
    Code(
        "QC0510",
        "the product of two operators has more than {limit} terms",
        """A product of sums has a term for every pair of their terms, so a few factors in a row could fill any memory.
A product of two sums of up to two hundred terms each is within the bound, and sums may be much longer.

Multiply single Pauli letters, and add up the products.""",
        helps=("write the operator as a sum of products",),
        example="const a = sum([X[i] for i in range(300)])\nconst b = sum([Z[i] for i in range(300, 600)])\n"
        "hamiltonian big = a * b\nqubit q\nh q\n",
        fixed="hamiltonian big = sum([X[i] * Z[i + 300] for i in range(300)])\nqubit q\nh q\n",
    ),
)
