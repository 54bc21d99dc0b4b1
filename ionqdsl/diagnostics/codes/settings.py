"""Diagnostics about the blocks `job`, `energy` and `function`."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_BELL = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"
_ENERGY = "hamiltonian h2 = Z[0]*Z[1]\ncircuit pair {\n  qubit q[2]\n  h q[0]\n  cnot q[0], q[1]\n}\n"

SETTINGS: tuple[Code, ...] = (
    Code(
        "QC0410",
        "`{block}` has no key `{key}`",
        """The keys of a `job` block are the field names of IonQ's API, nested as in the API, so settings can be copied
from the service's documentation:

    job { backend = "simulator"; shots = 500; noise { model = "aria-1" }
          settings { compilation { opt = 1 } } }

The API ignores unknown fields, or refuses the job much later, so a misspelt setting could silently have no effect. So
the compiler checks the keys. Put your own notes into `metadata { ... }`, which takes any keys.""",
        helps=("did you mean `{suggestion}`?", "put it into `{path}`"),
        otherwise="the keys here are {known}",
        example="job { shot = 500 }\n" + _BELL,
        fixed="job { shots = 500 }\n" + _BELL,
    ),
    Code(
        "QC0411",
        "`{key}` is given twice",
        """A block contains each key once. The compiler cannot know which of two values was meant, and using the last
one would silently ignore the first. The same holds for blocks such as `settings { ... }`: put all its keys into one
block.""",
        labels={"first": "first given here"},
        helps=("keep one of them",),
        example="job { shots = 500; shots = 1000 }\n" + _BELL,
        fixed="job { shots = 1000 }\n" + _BELL,
    ),
    Code(
        "QC0412",
        "`{key}` must be {wants}, not {given}",
        """Every setting is sent to the service with the type that the API specifies, and nothing is converted: `shots`
is a whole number, `dry_run` is `true` or `false`, `precision` is a string that looks like a number, and the values of
`metadata` are strings. Keys that contain other keys are blocks, written with braces and without `=`.""",
        helps=("write it in quotes: {quoted}",),
        otherwise="give {wants}",
        example="job { metadata { ticket = 41 } }\n" + _BELL,
        fixed='job { metadata { ticket = "41" } }\n' + _BELL,
    ),
    Code(
        "QC0413",
        "`{block}` needs the key `{key}`",
        """Some keys are required. An `energy` block names at least the `hamiltonian` to measure and the `ansatz`, the
circuit that prepares the state. A `function` block has a `type` and the block `data`.""",
        helps=("add `{key}` to the block",),
        example=_ENERGY + "energy { ansatz = pair }\n",
        fixed=_ENERGY + "energy { hamiltonian = h2; ansatz = pair }\n",
    ),
    Code(
        "QC0415",
        "a file has one `{what}` block",
        """A file describes one job, so it has one block of each kind. Several circuits go into one job with `run a, b`;
for several jobs write several files, which can share circuits through `include`.""",
        labels={"first": "the first"},
        helps=("put both into one block",),
        example="job { shots = 500 }\njob { dry_run = true }\n" + _BELL,
        fixed="job { shots = 500; dry_run = true }\n" + _BELL,
    ),
    Code(
        "QC0418",
        "`noise` needs a `model`",
        """The simulator adds the noise of one of IonQ's machines, named by `model`: "aria-1", "aria-2", "forte-1" and
others, or "ideal" for none. A `seed` alone fixes the random numbers but names no noise; for an ideal simulation leave
the whole block out.""",
        helps=('name a model, such as `noise {{ model = "aria-1" }}`',),
        example='job { backend = "simulator"; noise { seed = 7 } }\n' + _BELL,
        fixed='job { backend = "simulator"; noise { model = "aria-1"; seed = 7 } }\n' + _BELL,
    ),
    Code(
        "QC0419",
        "constraints are lists of the form {shape}",
        """Constraints of an `energy` limit which measured bit strings x count as allowed. They have the same form as in
the API. `linear_constraints` is a list of pairs `[coeffs, rhs]`, each meaning coeffs . x <= rhs, with one coefficient
per qubit. `quadratic_constraints` is a list of triples `[quadratic_coeff, linear_coeff, rhs]`, each meaning x . P x + r
. x <= rhs, where P is a list of rows. A single constraint is a list with one element.""",
        helps=("write a list even for one: `[1, 1] . x <= 1` is `[[[1, 1], 1]]`",),
        example=_ENERGY + "energy { hamiltonian = h2; ansatz = pair; linear_constraints = [[1, 1], 1] }\n",
        fixed=_ENERGY + "energy { hamiltonian = h2; ansatz = pair; linear_constraints = [[[1, 1], 1]] }\n",
    ),
)
