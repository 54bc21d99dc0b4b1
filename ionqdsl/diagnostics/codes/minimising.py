"""Diagnostics about minimising energies."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

MINIMISING: tuple[Code, ...] = (
    Code(
        "QC0953",
        "the history in `{path}` cannot be used: {reason}",
        """A file with the history of a minimisation belongs to one problem: the operator, the ansatz, the method, the
first point, the machine and the shots. The same call continues it; another call would mix up two problems.""",
        helps=("name another file, or repeat the call that wrote this one",),
    ),
    Code(
        "QC0954",
        "{method} needs derivatives, which an energy with {reason} does not have here",
        """The mean of an operator has derivatives that shifts of angles give exactly. The mean over the best outcomes,
or with a penalty for some of them, is measured in another way.""",
        helps=("choose a method that needs values alone, such as `COBYLA`",),
    ),
    Code(
        "QC0955",
        "only {count} of {all} circuits of {job} have results",
        """Every circuit of a submission measures one part of the energy. Without all parts the energy is unknown.""",
        helps=("`ionqdsl jobs show {job}` shows the job",),
    ),
    Code(
        "QC0956",
        "a minimisation on `{backend}` needs `--max-evaluations`, because every evaluation costs money",
        """Each evaluation is a job on the QPU. A method takes as many evaluations as it needs, so give a limit.""",
        helps=(
            "add `--max-evaluations 50`",
            "try it on the local machine with `--noise` first",
        ),
    ),
    Code(
        "QC0957",
        "minimising needs scipy, which is not installed",
        """The methods are those of `scipy.optimize`. scipy is large and nothing else in ionqdsl needs it.""",
        helps=("install it with `pip install 'ionqdsl[optimize]'`",),
    ),
    Code(
        "QC0958",
        "there is no energy to minimise in {file}",
        """`ionqdsl minimize` varies the open parameters of the ansatz of an `energy` block. A circuit alone has no
value that could be lowest.""",
        helps=("add `energy {{ hamiltonian = ...; ansatz = ... }}` to the program",),
    ),
    Code(
        "QC0959",
        "{reason}: this may be no minimum",
        """A method that follows the gradient stops where it is 0, which may be a maximum or a saddle point as well as a
minimum: all parameters 0 is such a point of many an ansatz. A method that compares values learns nothing where they are
all equal, or differ by less than their errors.""",
        helps=("begin at another point{also}: other `params` in the energy, `start` in Python",),
        cases={
            "reason": {
                "stationary": "the gradient is 0 at the first point, which the method did not leave",
                "flat": "the energy is the same at every point that was tried",
                "noisy": "the energies of all points that were tried differ by less than their errors allow to tell",
            }
        },
        severity="warning",
    ),
)
