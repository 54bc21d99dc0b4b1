"""Diagnostics about mean values, energies and their minimisation."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_JOB = 'job { backend = "simulator" }\n'
_ANSATZ = "param th\ncircuit ansatz {\n  qubit q[2]\n  ry(th) q[0]\n  cnot q[0], q[1]\n}\n"
_ENERGY = "energy {\n  hamiltonian = h\n  ansatz = ansatz\n  params = [0.1]\n%s}\n"


def _energy(hamiltonian: str = "Z[0]*Z[1]", more: str = "") -> str:
    """An energy job, for examples."""
    return f"{_JOB}{_ANSATZ}hamiltonian h = {hamiltonian}\n{_ENERGY % more}"


ENERGIES: tuple[Code, ...] = (
    Code(
        "QC0433",
        "a job computes one energy, and a sweep asks for {count}",
        """The service takes one list of parameters for an energy, and a sweep has an energy at each of its points. The
local machine computes all of them; for the service, submit one job for each point.""",
        helps=("`ionqdsl run` computes every point here", "give one value with `--set`"),
    ),
    Code(
        "QC0434",
        "the constraints have no effect without a `penalty`",
        """A constraint does not exclude outcomes: the `penalty` is added to the energy of an outcome that violates one.
By default it is 0, as in the API, and then constraints change nothing.""",
        helps=("add one that is larger than the differences between energies: `penalty = 10`",),
        severity="warning",
    ),
    Code(
        "QC0435",
        "{shots:shot} cannot be shared among {groups} bases",
        """The terms of an operator are measured in groups, each in a basis of its own, and every group needs a shot.
With two or more for each there is also a standard error.""",
        helps=("take at least {groups} shots, or none for the exact mean",),
    ),
    Code(
        "QC0436",
        "`{expression}` has no derivative by `{name}` that can be computed",
        """A gradient needs the derivative of every angle with respect to the parameters in it. Sums, products, powers,
roots, exponentials, logarithms and trigonometric functions have one; `abs`, `floor`, `ceil`, `min` and `max` have none
at some points.""",
        helps=("use a smooth expression in its place", "choose a method without gradients, such as COBYLA"),
    ),
    Code(
        "QC0437",
        "the gradient of this exponential cannot be measured by shifts: its terms do not commute",
        """Shifts of an angle give the derivative if the angle turns about one product, or about several that commute.
The exact gradient, without shots, is not restricted.""",
        helps=(
            "write it with `steps`, which makes it a product of rotations",
            "leave out the shots, for the exact gradient",
        ),
    ),
    Code(
        "QC0438",
        "{what} depends on a phase that compiling did not preserve: the circuit was compiled under `{contract}`",
        """The contracts `measurement` and `outcomes` keep the outcomes of a measurement in the Z basis. They may drop
phases at the end of the circuit, on which measurements of X and Y depend, so the result would be wrong. That holds
however the circuit is compiled again.""",
        helps=("take the circuit before it was compiled", 'compile that with `preserve="permuted"`'),
    ),
    Code(
        "QC0439",
        "{what} is for circuits, and this program has an energy",
        """The energy of a program is a number. ionqdsl chooses the bases in which its operator is measured, so there
are no counts of one circuit.""",
        helps=("leave it out: `iq.run(program).value` is the energy",),
    ),
    # --- payloads of energies ---------------------------------------------------------------------------------------
    Code(
        "QC0740",
        "a quantum function has no setting `{key}`",
        """For quantum functions the API has neither noise nor settings of the service's compiler. It would silently
ignore the field, so ionqdsl refuses it.""",
        label="not for quantum functions",
        helps=("leave it out",),
        example=_energy().replace('simulator"', 'simulator"; noise { model = "aria-1" }'),
        fixed=_energy(),
    ),
    Code(
        "QC0741",
        "the hamiltonian acts on qubit {index}, but the ansatz has {qubits}",
        "The indices of a Hamiltonian are those of the ansatz's qubits, from 0.",
        helps=("use {indices}, or declare more qubits in the ansatz",),
        example=_energy("Z[0]*Z[2]"),
        fixed=_energy(),
    ),
    Code(
        "QC0742",
        "the hamiltonian is a plain number: there is nothing to measure",
        """The identity term of a Hamiltonian is never sent; it is added to the result. Without any other term the
energy is known without a circuit.""",
        helps=("add a term such as `Z[0]`",),
        example=_energy("1.5"),
        fixed=_energy("1.5 + Z[0]"),
    ),
    Code(
        "QC0743",
        "the ansatz has {wanted:parameter} without a value, but `params` has {given:value}",
        """The values go to the parameters in the order of declaration; an array takes one value per element. A
parameter that has a value already, in the circuit's first line or after `param`, keeps it.""",
        helps=("in order: {names}", "remove the value of {settled} in the program, or that in `params`"),
        example=_energy().replace("[0.1]", "[0.1, 0.2]"),
        fixed=_energy(),
    ),
    Code(
        "QC0744",
        "constraint {number} of `{key}`: {what} has {given}, not {wanted}",
        """A constraint limits the measured bits, with one coefficient per qubit of the ansatz: `[coeffs, rhs]` means
coeffs . x <= rhs, and `[quadratic_coeff, linear_coeff, rhs]` means x . Q . x + r . x <= rhs, with Q square.""",
        helps=("give one number for each of the {wanted} qubits of the ansatz",),
        example=_energy(more="  linear_constraints = [[[1], 2]]\n"),
        fixed=_energy(more="  linear_constraints = [[[1, 1], 2]]\n"),
    ),
    Code(
        "QC0745",
        "`cvar_alpha` is {value}, but must be above 0 and at most 1",
        """The energy is averaged over this fraction of the samples, the best ones: 1 takes all of them, 0.25 the best
quarter.""",
        helps=("leave it out for the plain mean",),
        example=_energy(more="  cvar_alpha = 2\n"),
        fixed=_energy(more="  cvar_alpha = 0.25\n"),
    ),
    Code(
        "QC0746",
        "`penalty` is {value}, but must not be negative",
        "The penalty is added to the energy of samples that violate a constraint; a negative one would reward them.",
        helps=("give a penalty of 0 or more",),
        example=_energy(more="  penalty = -1\n"),
        fixed=_energy(more="  penalty = 1\n"),
    ),
    Code(
        "QC0747",
        "`{key}` holds a number that is not finite",
        "JSON can hold neither infinity nor not-a-number.",
        helps=("give finite numbers",),
    ),
    Code(
        "QC0748",
        "`{expression}` cannot be written as an OpenQASM 3 expression",
        """The ansatz of an energy is sent as OpenQASM 3, which has sums, products, powers, roots, exponentials,
logarithms and the trigonometric functions, but not this. Make the whole expression a separate parameter.""",
        helps=("declare a `param` for it, and compute its value for `params`",),
        example=_energy().replace("ry(th)", "ry(abs(th))"),
        fixed=_energy(),
    ),
    Code(
        "QC0749",
        "`nop` cannot be part of an ansatz",
        "The ansatz of an energy is sent as OpenQASM 3, and the service's compiler has no instruction for waiting.",
        helps=("leave the wait out",),
        example=_energy().replace("ry(th) q[0]", "native { nop(10) }; ry(th) q[0]"),
        fixed=_energy(),
    ),
)
