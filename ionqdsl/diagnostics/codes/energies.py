"""Diagnostics about mean values, energies and their minimisation."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

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
phases at the end of the circuit, on which the means of X and Y depend, so the mean would be wrong.""",
        helps=("take the mean of the circuit before it was compiled", 'compile it with `preserve="permuted"`'),
    ),
    Code(
        "QC0439",
        "{what} is for circuits, and this program has an energy",
        """The energy of a program is a number. ionqdsl chooses the bases in which its operator is measured, so there
are no counts of one circuit.""",
        helps=("leave it out: `iq.run(program).value` is the energy",),
    ),
)
