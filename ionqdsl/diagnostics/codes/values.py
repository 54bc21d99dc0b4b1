"""Diagnostics about values, units and expressions."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_DIVIDE = "divide by a unit first: `x/rad` is a plain number"

VALUES: tuple[Code, ...] = (
    Code(
        "QC0301",
        "`{operator}` cannot combine an angle and a plain number",
        """Angles carry a unit: `90deg`, `0.25turn`, `1.5rad`. A plain number has none, so `90deg + 1` could mean one
degree, one radian or one turn more. Angles can therefore only be added to and compared with angles, and plain numbers
with plain numbers. The constants `pi`, `tau` and `e` are plain numbers.

An angle times or divided by a number is an angle, and an angle divided by an angle is a number: `x/rad` is x in
radians. A parameter without a value counts as a plain number; `theta*deg` gives it a unit.""",
        helps=("give the number a unit, such as `0.5rad`, or make the angle a number, such as `x/rad`",),
        example="qubit q\nrx(90deg + pi/4) q\n",
        fixed="qubit q\nrx(90deg + pi/4*rad) q\n",
    ),
    Code(
        "QC0302",
        "angles cannot be multiplied by angles or raised to a power",
        """No gate takes degrees squared, so angles have neither products nor powers. Usually one of the two factors
should be a plain number.""",
        helps=(_DIVIDE,),
        example="const step = 5deg\nqubit q\nrx(step * 2deg) q\n",
        fixed="const step = 5deg\nqubit q\nrx(step * 2) q\n",
    ),
    Code(
        "QC0303",
        "division by zero",
        """The right-hand side of `/`, `//` or `%` is zero, or zero is raised to a negative power. Expressions are
evaluated while the program is compiled, in a loop once for every round. Often the loop begins at 0: `range(1, n)`
leaves that round out.""",
        helps=("make the divisor nonzero: a loop, for example, can begin at 1, `for i in range(1, n)`",),
        example="qubit q[3]\nfor i in range(3) { rx(pi/i) q[i] }\n",
        fixed="qubit q[3]\nfor i in range(3) { rx(pi/(i + 1)) q[i] }\n",
    ),
    Code(
        "QC0304",
        "a plain number divided by an angle has no meaning",
        """An angle divided by an angle is a number, and an angle divided by a number is an angle. A number divided by
an angle is neither, and nothing takes such a value.""",
        helps=(_DIVIDE,),
        example="qubit q\nrx(1/45deg) q\n",
        fixed="qubit q\nrx(1/(45deg/rad)) q\n",
    ),
    Code(
        "QC0305",
        "this needs a number, but no value is given for {names}",
        """Parameters may stay without a value while a program is compiled, and angles that contain them stay formulas.
The shape of a circuit must be known, however: the number of qubits, how often a loop runs, which branch of an `if` is
taken, the number of controls, exponents, indices, and the coefficients of operators.

Give the parameter a value: with `--set theta=0.3`, in the program (`param theta = 0.3`), in the arguments of `run`, or
as a default in the circuit's first line. If the value never changes, make it a `const`.""",
        helps=("give it a value in the program, or with `--set`",),
        example="param n\nqubit q[n]\nh q\n",
        fixed="param n = 3\nqubit q[n]\nh q\n",
    ),
    Code(
        "QC0306",
        "`{operator}` cannot combine {left} and {right}",
        """The operator is not defined for values of these kinds. Arithmetic is for numbers and angles; `+` also
joins lists and strings and adds operators, `*` also repeats a list or a string, `"0" * n`, and scales an operator. A
number is not a string, so `"c" + 1` is an error; in the name of a run a field inserts a value, `as "c{n}"`. Qubits
are not values, and outcomes of measurements appear in the conditions of `if` only.""",
        helps=("write a product of Pauli matrices as `{product}`",),
        otherwise="use numbers, angles or operators on both sides, such as one element of a list: `values[0]`",
        example="const angles = [0.1, 0.2]\nqubit q\nrx(angles / 2) q\n",
        fixed="const angles = [0.1, 0.2]\nqubit q\nrx(angles[0] / 2) q\n",
    ),
    Code(
        "QC0307",
        "expected {wanted}, but this is {given}",
        """A value of another kind is needed here. Sizes, indices, counts and the bounds of `range` are whole numbers:
`n/2` is a fraction when n is odd, `n//2` is not. Gate arguments are single numbers or angles; use an index or a loop to
pass the elements of a list. Loops run over lists and ranges, `range(n)`, not over the number `n`.

Conditions are comparisons, `true` and `false`, or numbers (0 counts as false).""",
        example="const n = 5\nqubit q[n]\nfor i in range(n/2) { cnot q[i], q[i + 1] }\n",
        fixed="const n = 5\nqubit q[n]\nfor i in range(n//2) { cnot q[i], q[i + 1] }\n",
        helps=("{fix}",),
        otherwise="give {wanted} here",
    ),
    Code(
        "QC0308",
        "the number takes more than {bits} bits",
        """Whole numbers and fractions are computed exactly, up to a size that keeps compile time bounded. `2**100000`
has 30,000 digits; nothing in a circuit is that large. Such numbers usually come from powers or products in loops.""",
        helps=("use a smaller exponent, or `exp(...)`, which returns a floating-point number",),
        example="qubit q\nrx(1/3**5000) q\n",
        fixed="qubit q\nrx(1/3**50) q\n",
    ),
    Code(
        "QC0309",
        "the result is too large",
        """The value is larger than the largest floating-point number, about 1.8e308 (functions such as `exp` return
floating-point numbers), or too long to be written out. No angle or coefficient is that large, so one of the arguments
is probably wrong.""",
        helps=("use a smaller argument: angles rarely exceed a few turns",),
        example="qubit q\nrx(exp(1000)) q\n",
        fixed="qubit q\nrx(exp(-1000)) q\n",
    ),
    Code(
        "QC0310",
        "`{function}` has no real value at {at}",
        """The function is not defined for this argument: the square root or the logarithm of a negative number, the
logarithm of zero, `asin` or `acos` outside -1 to 1, a fractional power of a negative number. All values of the language
are real.

If the argument is the result of a longer computation, rounding may push it just past the edge: `acos(min(1, x))` keeps
it inside.""",
        helps=("give an argument for which it is defined, such as `sqrt(max(0, x))` or `acos(min(1, x))`",),
        example="qubit q\nrx(2*acos(1.5)) q\n",
        fixed="qubit q\nrx(2*acos(0.5)) q\n",
    ),
    Code(
        "QC0311",
        "the coefficient of an operator is a plain number, not an angle",
        """Operators such as `0.5*X[0]*X[1]` are energies or generators; their coefficients have no unit. In
`pauliexp(time, operator)` the product of time and coefficient is half an angle in radians: `exp(-i*time*Z[0])` is a
rotation by 2*time.""",
        helps=(_DIVIDE,),
        example="qubit q\npauliexp(1, 45deg*Z[0]) q\n",
        fixed="qubit q\npauliexp(1, 45deg/rad*Z[0]) q\n",
    ),
    Code(
        "QC0312",
        "the product of these operators has an imaginary coefficient",
        """Different Pauli matrices on one qubit multiply to i times the third: X[0]*Y[0] = i*Z[0]. Operators in this
language are real sums of Pauli products, and therefore observables and generators. So such a product is refused, even
if another term would cancel it.

Write the result of the multiplication instead. Products on different qubits (`X[0]*Y[1]`) are never a problem, and
squares are 1: X[0]*X[0] = 1.""",
        helps=("write products that contain each qubit once, with real coefficients: `0.5*X[0]*Y[1]`",),
        example="hamiltonian energy_of = X[0]*Y[0]\nqubit q\nh q\n",
        fixed="hamiltonian energy_of = X[0]*Y[1]\nqubit q\nh q\n",
    ),
    Code(
        "QC0313",
        "the index of an operator cannot be negative: {index}",
        """In `X[3]` the index is the number of the qubit on which the matrix acts, counted from 0. An operator has no
last qubit to count back from, because it does not fix the number of qubits.""",
        helps=("count qubits from 0: `Z[0]` acts on the first one",),
        example="qubit q[2]\npauliexp(0.1, Z[-1]) q\n",
        fixed="qubit q[2]\npauliexp(0.1, Z[1]) q\n",
    ),
    Code(
        "QC0314",
        "the step must not be 0",
        """A range or slice goes from its start towards its stop in steps of this size; with a step of 0 it would never
get there. Negative steps go backwards: `q[::-1]` is a register in reverse, `range(n - 1, -1, -1)` counts down to 0.""",
        helps=("leave the step out, or use 1, or -1 to go backwards",),
        example="qubit q[4]\nh q[::0]\n",
        fixed="qubit q[4]\nh q[::2]\n",
    ),
    Code(
        "QC0315",
        "there is no function `{name}`",
        """The functions of the language are: range len abs min max round floor ceil sum sqrt exp log sin cos tan asin
acos atan atan2 linspace any all zip enumerate sorted reversed pauli. (`env("NAME")` is for `job` blocks.) They work as
in Python; `log` is the natural logarithm, `linspace(a, b, n)` gives n values from a to b, both included.

A program defines its own with `def bit(x, k) = x >> k & 1`. Gates are not functions: `rx(0.1) q` is a statement.""",
        helps=("did you mean `{suggestion}`?",),
        otherwise="the functions are those of Python: `sin`, `sqrt`, `sum`, `range` and so on",
        example="qubit q\nrx(arcsin(0.5)) q\n",
        fixed="qubit q\nrx(asin(0.5)) q\n",
    ),
    Code(
        "QC0316",
        "`{function}` takes {wants}",
        """The function is called with the wrong number of arguments, with named arguments, or with a count outside its
bounds. Functions take their arguments by position: `range(stop)`, `range(start, stop)`, `range(start, stop, step)`,
`linspace(first, last, count)`, `atan2(y, x)`, `round(x)`, `round(x, digits)`, `log(x)`, `log(x, base)`. `min` and `max`
take several values, or one list that is not empty.""",
        helps=("call it as `{usage}`",),
        example="qubit q\nfor t in linspace(0, pi) { rx(t) q }\n",
        fixed="qubit q\nfor t in linspace(0, pi, 5) { rx(t) q }\n",
    ),
    Code(
        "QC0317",
        "`{function}` takes plain numbers, not angles",
        """The functions `sin`, `cos`, `tan`, `abs`, `min`, `max`, `sum`, `round`, `floor`, `ceil` and `linspace` take
angles, and so do functions of lists, such as `len` and `sorted`. The others do not: the square root, the logarithm or
the exponential of an angle depends on its unit. Name the unit: `exp(x/rad)`.""",
        helps=(_DIVIDE,),
        example="qubit q\nrx(sqrt(90deg)) q\n",
        fixed="qubit q\nrx(sqrt(90deg/rad)) q\n",
    ),
    Code(
        "QC0318",
        "a time is a plain number, not an angle",
        """`nop(time)` waits for a number of microseconds, and the time of `pauliexp(time, operator)` is the t of
exp(-i*t*operator). Neither is an angle.""",
        helps=("leave the unit out",),
        example="qubit q\npauliexp(45deg, Z[0]) q\n",
        fixed="qubit q\npauliexp(pi/4, Z[0]) q\n",
    ),
    Code(
        "QC0319",
        "`nop` cannot wait for a negative time",
        """`nop(time)` waits, in microseconds. A negative time is often a difference of two delays in a loop; check
which of the two is larger in every round.""",
        helps=("give a time of 0 or more, in microseconds",),
        example="gateset native\nqubit q\ngpi2(0) q\nnop(-5)\ngpi2(0.5) q\n",
        fixed="gateset native\nqubit q\ngpi2(0) q\nnop(5)\ngpi2(0.5) q\n",
    ),
    Code(
        "QC0320",
        "`steps` must be at least 1",
        """`pauliexp(time, operator, steps = n)` asks for n Trotter steps; each is the product of the exponentials of
the operator's terms for time/n. More steps come closer to the exact exponential and take more gates. If the terms
commute, the result is exact without steps: leave `steps` out.""",
        helps=("write `steps = 1` or more",),
        example="qubit q\npauliexp(0.1, X[0] + Z[0], steps = 0) q\n",
        fixed="qubit q\npauliexp(0.1, X[0] + Z[0], steps = 10) q\n",
    ),
    Code(
        "QC0321",
        "{wants:name} stand for the parts of a value, but this one is {given}",
        """A loop over pairs names both parts: `for a, b in [(0, 1), (1, 2)]`. Every value of the list must have as many
parts as the loop has names; `for i, (a, b) in ...` takes a pair whose second part is a pair.""",
        helps=("give every value {wants:part}, or write one name, which takes the whole value",),
        example="qubit q[3]\nfor a, b in [(0, 1), (1, 2, 0)] { cnot q[a], q[b] }\n",
        fixed="qubit q[3]\nfor a, b in [(0, 1), (1, 2)] { cnot q[a], q[b] }\n",
    ),
    Code(
        "QC0322",
        "`{operator}` works on the bits of whole numbers, but this is {given}",
        """`&`, `|`, `^`, `~`, `<<` and `>>` have Python's meaning: `x >> k & 1` is bit k of x, `a ^ b` has the bits in
which a and b differ. They take whole numbers only. A power is written `**`: in `pi/2^k` the `^` would combine the bits
of `pi/2` and `k`. Conditions are combined with `and`, `or` and `not`.""",
        helps=("{fix}",),
        otherwise="make it a whole number with `floor`, `ceil` or `round`",
        example="qubit q[3]\nfor k in range(3) { rz(pi/2^k) q[k] }\n",
        fixed="qubit q[3]\nfor k in range(3) { rz(pi/2**k) q[k] }\n",
    ),
    Code(
        "QC0323",
        "`{operator}` cannot shift by {count}: the number of places is at least 0",
        """`x << k` moves the bits of x by k places, which is x times 2**k; `x >> k` drops the last k bits. A negative
number of places would mean the other direction, and usually comes from a loop that goes one round too far.""",
        helps=("shift by 0 or more places; `{other}` shifts in the other direction",),
        example="qubit q[2]\nfor k in range(2) { rz(pi/(1 << (k - 1))) q[k] }\n",
        fixed="qubit q[2]\nfor k in range(2) { rz(pi/(1 << k)) q[k] }\n",
    ),
    Code(
        "QC0324",
        "a function is called with arguments: `{usage}`",
        """A `def`, or a `hamiltonian` with parameters, has a value only for given arguments. The name alone has none.
The parentheses are needed even if every parameter has a default: `f()`.""",
        labels={"definition": "the function"},
        helps=("write the arguments after the name",),
        example="hamiltonian ising(n) = sum(Z[i]*Z[i + 1] for i in range(n))\nqubit q[3]\npauliexp(0.1, ising) q\n",
        fixed="hamiltonian ising(n) = sum(Z[i]*Z[i + 1] for i in range(n))\nqubit q[3]\npauliexp(0.1, ising(2)) q\n",
    ),
    Code(
        "QC0325",
        "functions cannot call themselves: {chain}",
        """A function is replaced by its expression, and the functions in it by theirs, until none is left. For a
function that uses itself this would never end. The message shows the cycle. Sums and lists replace most recursions:
`sum(f(k) for k in range(n))`.""",
        helps=("write a sum or a list: `sum(... for k in range(n))`",),
        example="def fact(n) = 1 if n < 2 else n*fact(n - 1)\nqubit q\nrx(fact(3)) q\n",
        fixed="const fact = [1, 1, 2, 6]\nqubit q\nrx(fact[3]) q\n",
    ),
    Code(
        "QC0326",
        "`{letter}` is not the letter of a Pauli matrix",
        """`pauli("XZI")` is the product X[0]*Z[1]: one of the letters X, Y, Z for each index from 0 on, I for an index
without a factor. `pauli("XZ", [2, 5])` gives the indices.""",
        helps=("the letters are I, X, Y and Z; did you mean `{suggestion}`?",),
        otherwise="write one of the letters I, X, Y and Z",
        example='qubit q[3]\npauliexp(0.1, pauli("XZx")) q\n',
        fixed='qubit q[3]\npauliexp(0.1, pauli("XZX")) q\n',
    ),
    Code(
        "QC0327",
        "`pauli` needs one index for each letter: {letters:letter}, but {given} indices",
        """`pauli("XZ", [2, 5])` takes one index for each letter, in the same order. Without indices, the letters belong
to the indices 0, 1, 2 and so on.""",
        helps=('give as many indices as letters, as in `pauli("XZ", [2, 5])`',),
        example='qubit q[3]\npauliexp(0.1, pauli("XZ", [0, 1, 2])) q\n',
        fixed='qubit q[3]\npauliexp(0.1, pauli("XZ", [0, 2])) q\n',
    ),
    Code(
        "QC0328",
        "the index {index} occurs twice in one product",
        """Each letter of `pauli("XZ", [2, 5])` acts on a qubit of its own. To multiply matrices on one qubit, write the
product with `*`: `X[0]*X[0]` is 1.""",
        helps=("give each letter its own index",),
        example='qubit q[3]\npauliexp(0.1, pauli("XZ", [1, 1])) q\n',
        fixed='qubit q[3]\npauliexp(0.1, pauli("XZ", [1, 2])) q\n',
    ),
    Code(
        "QC0329",
        "there is no formula of order {order}: the orders are 1, 2 and 4",
        """`pauliexp(t, H, steps = n, order = 2)` approximates the exponential of terms that do not commute by Suzuki's
product formulas. With n steps the error falls as 1/n for order 1, as 1/n**2 for order 2 and as 1/n**4 for order 4; a
step of order 2 takes about twice as many gates as one of order 1, a step of order 4 about ten times as many.""",
        helps=("write `order = 1`, `order = 2` or `order = 4`",),
        example="qubit q\npauliexp(0.1, X[0] + Z[0], steps = 4, order = 3) q\n",
        fixed="qubit q\npauliexp(0.1, X[0] + Z[0], steps = 4, order = 4) q\n",
    ),
    Code(
        "QC0330",
        "the object has no field `{name}`",
        """An object of a JSON file, or a row of a CSV file with a header, has the fields that the file names. They are
read as `graph.edges` or `graph["edges"]`; `"edges" in graph` tells whether there is one, and `for name in graph` goes
through the names.""",
        helps=("did you mean `{suggestion}`?", "use one of its fields: {known}"),
        otherwise="add the field to the file: the object is empty",
    ),
    Code(
        "QC0331",
        "`{path}` cannot be read as data: {reason}",
        """`load` reads JSON and CSV. Numbers keep their exact decimal value, and NaN and Infinity are not numbers. An
object contains each key once, and brackets may be nested a hundred deep. Every row of a CSV file has as many cells as
the first one.""",
        helps=("correct the file, or write it again with the tool that produced it",),
    ),
    Code(
        "QC0332",
        "`{path}` is not a data file: its name does not end in {endings}",
        """`load` reads numbers, strings, lists and objects from JSON (`.json`), and rows from CSV (`.csv`). Definitions
of another program come with `include`.""",
        helps=("give the file one of these endings, or use `include` for a `.qc` file",),
        example='const graph = load("graph.txt")\nqubit q\nh q\n',
        fixed="const graph = [(0, 1)]\nqubit q\nh q\n",
    ),
    Code(
        "QC0333",
        "`load` works in a program's text only",
        """The path of `load` is relative to the file that contains the call. A value from the command line or from
Python is in no file, so no folder is known in which to look for the data. A `const` of the program can load it.""",
        helps=("load the data in the program, or write the values in place of `load(...)`",),
    ),
)
