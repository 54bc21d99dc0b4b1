"""Diagnostics: values, units and expressions."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_DIVIDE = "divide by a unit first: `x/rad` is a plain number"

VALUES: tuple[Code, ...] = (
    Code(
        "QC0301",
        "`{operator}` cannot join an angle and a plain number",
        """Angles carry a unit: `90deg`, `0.25turn`, `1.5rad`. A plain number has none, and whether `90deg + 1` means
one degree, one radian or one turn more cannot be known. So angles are added to, compared with and rounded like angles
only, and plain numbers like plain numbers. The constants `pi`, `tau` and `e` are plain numbers.

An angle times or divided by a number is an angle, and an angle divided by an angle is a number: `x/rad` is x in
radians. A parameter that has no value yet counts as a plain number; with a unit it is written `theta*deg`.""",
        helps=("give the number a unit, such as `0.5rad`, or make the angle a number, such as `x/rad`",),
        example="qubit q\nrx(90deg + pi/4) q\n",
        fixed="qubit q\nrx(90deg + pi/4*rad) q\n",
    ),
    Code(
        "QC0302",
        "angles cannot be multiplied together or stand in a power",
        """The product of two angles is no angle, and neither is a power of one: no gate could do anything with
degrees squared. Usually one of the two should be a plain number.""",
        helps=(_DIVIDE,),
        example="const step = 5deg\nqubit q\nrx(step * 2deg) q\n",
        fixed="const step = 5deg\nqubit q\nrx(step * 2) q\n",
    ),
    Code(
        "QC0303",
        "division by zero",
        """The right-hand side of `/`, `//` or `%` is zero, or zero is raised to a negative power. Expressions are
evaluated while the program is compiled, for every round of a loop, and one of them has no value. Often the loop
begins at 0: `range(1, n)` leaves that round out.""",
        helps=("in a loop, look at the first round",),
        example="qubit q[3]\nfor i in range(3) { rx(pi/i) q[i] }\n",
        fixed="qubit q[3]\nfor i in range(3) { rx(pi/(i + 1)) q[i] }\n",
    ),
    Code(
        "QC0304",
        "a plain number divided by an angle has no meaning",
        """An angle divided by an angle is a number, and an angle divided by a number is an angle. The reverse, a
number per angle, is neither, so there is nothing it could be used for.""",
        helps=(_DIVIDE,),
        example="qubit q\nrx(1/45deg) q\n",
        fixed="qubit q\nrx(1/(45deg/rad)) q\n",
    ),
    Code(
        "QC0305",
        "this needs a known number, but no value is given for {names}",
        """Parameters may stay without a value while a program is compiled, and angles made of them are carried along
as formulas. The shape of a circuit is another matter: how many qubits there are, how often a loop runs, which branch
of an `if` is taken, the number of controls, an exponent, an index, the coefficients of an operator must be known.

Give the parameter a value: with `--set theta=0.3`, in the program (`param theta = 0.3`), in the arguments of `run`,
or as a default in the circuit's first line. If the value never changes, make it a `const`.""",
        helps=("give it a value in the program, or with `--set`",),
        example="param n\nqubit q[n]\nh q\n",
        fixed="param n = 3\nqubit q[n]\nh q\n",
    ),
    Code(
        "QC0306",
        "`{operator}` does not join {left} and {right}",
        """The operator is not defined for values of these kinds. Arithmetic is for numbers and angles; `+` also puts
lists together and adds operators, `*` also repeats a list and scales an operator. Strings are only compared, and
qubits are not values at all: a circuit cannot depend on what they will be measured as.""",
        otherwise="arithmetic is for numbers, angles and operators",
        example="const angles = [0.1, 0.2]\nqubit q\nrx(angles / 2) q\n",
        fixed="const angles = [0.1, 0.2]\nqubit q\nrx(angles[0] / 2) q\n",
    ),
    Code(
        "QC0307",
        "{wanted} is wanted here, but this is {given}",
        """A value of another kind is needed at this place. Sizes, indices, counts and the bounds of `range` are whole
numbers: `n/2` is a fraction when n is odd, `n//2` is not. Gate arguments are numbers or angles, one at a time; a list
is taken apart with an index or a loop. Loops run over lists and ranges, `range(n)`, not over the number `n`.

Conditions are comparisons, `true` and `false`, or numbers (0 counts as false).""",
        example="const n = 5\nqubit q[n]\nfor i in range(n/2) { cnot q[i], q[i + 1] }\n",
        fixed="const n = 5\nqubit q[n]\nfor i in range(n//2) { cnot q[i], q[i + 1] }\n",
        helps=("{fix}",),
    ),
    Code(
        "QC0308",
        "the number takes more than {bits} bits",
        """Whole numbers and fractions are computed exactly, however long they become, up to a bound that keeps the
time a program takes within limits. `2**100000` has 30,000 digits; nothing in a circuit is so large. Powers and
products of many factors inside loops are where such numbers usually come from.""",
        helps=("use a smaller exponent, or `exp(...)`, which rounds",),
        example="qubit q\nrx(1/3**5000) q\n",
        fixed="qubit q\nrx(1/3**50) q\n",
    ),
    Code(
        "QC0309",
        "the result is too large",
        """The value is beyond what a floating-point number can hold, about 1.8e308 (functions such as `exp` round to
such numbers), or it is so long that it cannot be written out. No angle or coefficient is that large, so an argument
is probably not what it was meant to be.""",
        helps=("check the argument; angles are at most a few turns",),
        example="qubit q\nrx(exp(1000)) q\n",
        fixed="qubit q\nrx(exp(-1000)) q\n",
    ),
    Code(
        "QC0310",
        "`{function}` has no real value at {at}",
        """The function is not defined for this argument: the square root or the logarithm of a negative number, the
logarithm of zero, `asin` or `acos` outside -1 to 1, a fractional power of a negative number. All values of the
language are real.

When an argument comes out of a longer computation, rounding may push it just past the edge: `acos(min(1, x))` keeps
it inside.""",
        helps=("check where the argument comes from",),
        example="qubit q\nrx(2*acos(1.5)) q\n",
        fixed="qubit q\nrx(2*acos(0.5)) q\n",
    ),
    Code(
        "QC0311",
        "the coefficient of an operator is a plain number, not an angle",
        """Operators such as `0.5*X[0]*X[1]` are energies or generators; their coefficients have no unit. In
`pauliexp(time, operator)` the product of time and coefficient acts as an angle in radians, twice over:
`exp(-i*time*Z[0])` is a rotation by 2*time.""",
        helps=(_DIVIDE,),
        example="qubit q\npauliexp(1, 45deg*Z[0]) q\n",
        fixed="qubit q\npauliexp(1, 45deg/rad*Z[0]) q\n",
    ),
    Code(
        "QC0312",
        "the product of these operators has an imaginary coefficient",
        """Different Pauli matrices on one qubit multiply to i times the third: X[0]*Y[0] = i*Z[0]. Operators in this
language are real sums of Pauli products, which is what makes them observables and generators, so such a product is
refused, even where another term would cancel it.

Write the result of the multiplication instead. Products on different qubits (`X[0]*Y[1]`) are never a problem, and
squares are nothing but a number: X[0]*X[0] = 1.""",
        helps=("write the product out: `X[0]*Y[0]` would be i*Z[0]",),
        example="hamiltonian energy_of = X[0]*Y[0]\nqubit q\nh q\n",
        fixed="hamiltonian energy_of = X[0]*Y[1]\nqubit q\nh q\n",
    ),
    Code(
        "QC0313",
        "the index of an operator cannot be negative: {index}",
        """In `X[3]` the index says on which qubit the matrix acts, counted from 0. There is no last qubit to count
back from: an operator does not know how many qubits it will meet.""",
        helps=("indices count qubits, from 0",),
        example="qubit q[2]\npauliexp(0.1, Z[-1]) q\n",
        fixed="qubit q[2]\npauliexp(0.1, Z[1]) q\n",
    ),
    Code(
        "QC0314",
        "the step must not be 0",
        """A range or slice goes from its start towards its stop in steps of this size; with steps of 0 it would never
arrive. Negative steps go backwards: `q[::-1]` is a register in reverse, `range(n - 1, -1, -1)` counts down to 0.""",
        helps=("leave the step out, or use 1, or -1 to go backwards",),
        example="qubit q[4]\nh q[::0]\n",
        fixed="qubit q[4]\nh q[::2]\n",
    ),
    Code(
        "QC0315",
        "there is no function `{name}`",
        """Expressions may call these functions and no others: range len abs min max round floor ceil sum sqrt exp log
sin cos tan asin acos atan atan2 linspace. (`env("NAME")` stands in `job` blocks.) They mean what they mean in Python;
`log` is the natural logarithm, `linspace(a, b, n)` gives n values from a to b, both included.

Gates are not functions: `rx(0.1) q` is a statement of its own. There is no way to define functions; a `const` names a
value, and a list of values serves as a table.""",
        helps=("did you mean `{suggestion}`?",),
        otherwise="the functions are those of Python: `sin`, `sqrt`, `sum`, `range` and so on",
        example="qubit q\nrx(arcsin(0.5)) q\n",
        fixed="qubit q\nrx(asin(0.5)) q\n",
    ),
    Code(
        "QC0316",
        "`{function}` takes {wants}",
        """The function is called with the wrong number of arguments, with arguments by name, or with a count outside
its bounds. Functions take their arguments by position: `range(stop)`, `range(start, stop)`, `range(start, stop,
step)`, `linspace(first, last, count)`, `atan2(y, x)`, `round(x)`, `round(x, digits)`, `log(x)`, `log(x, base)`. `min`
and `max` take several values, or one list that is not empty.""",
        helps=("call it as `{usage}`",),
        example="qubit q\nfor t in linspace(0, pi) { rx(t) q }\n",
        fixed="qubit q\nfor t in linspace(0, pi, 5) { rx(t) q }\n",
    ),
    Code(
        "QC0317",
        "`{function}` takes plain numbers, not angles",
        """Of the functions only `sin`, `cos`, `tan`, `abs`, `min`, `max`, `sum`, `round`, `floor`, `ceil` and
`linspace` take angles. The square root, the logarithm or the exponential of an angle depends on the unit it is
measured in, so say which: `exp(x/rad)`.""",
        helps=(_DIVIDE,),
        example="qubit q\nrx(sqrt(90deg)) q\n",
        fixed="qubit q\nrx(sqrt(90deg/rad)) q\n",
    ),
    Code(
        "QC0318",
        "a time is a plain number, not an angle",
        """`nop(time)` waits for a number of microseconds, and the time of `pauliexp(time, operator)` is the t of
exp(-i*t*operator). Neither has a unit of angles.""",
        helps=("leave the unit out",),
        example="qubit q\npauliexp(45deg, Z[0]) q\n",
        fixed="qubit q\npauliexp(pi/4, Z[0]) q\n",
    ),
    Code(
        "QC0319",
        "`nop` cannot wait for a negative time",
        """`nop(time)` lets time pass, in microseconds. A negative time often comes out of a difference in a loop over
delays; check which of the two is the larger.""",
        helps=("times are 0 or more, in microseconds",),
        example="gateset native\nqubit q\ngpi2(0) q\nnop(-5)\ngpi2(0.5) q\n",
        fixed="gateset native\nqubit q\ngpi2(0) q\nnop(5)\ngpi2(0.5) q\n",
    ),
    Code(
        "QC0320",
        "`steps` must be at least 1",
        """`pauliexp(time, operator, steps = n)` asks for n Trotter steps: the exponentials of the operator's terms
one after the other, for time/n, n times over. More steps come closer to the exact exponential and take more gates.
Where the terms commute no steps are needed and the result is exact: leave `steps` out.""",
        helps=("leave it out for operators whose terms commute",),
        example="qubit q\npauliexp(0.1, X[0] + Z[0], steps = 0) q\n",
        fixed="qubit q\npauliexp(0.1, X[0] + Z[0], steps = 10) q\n",
    ),
)
