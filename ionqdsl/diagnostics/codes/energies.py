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
        helps=("take more shots", "without shots the mean is exact"),
    ),
)
