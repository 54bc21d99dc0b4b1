"""Diagnostics: the blocks of settings, `job`, `energy` and `function`."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_BELL = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"
_ENERGY = "hamiltonian h2 = Z[0]*Z[1]\ncircuit pair {\n  qubit q[2]\n  h q[0]\n  cnot q[0], q[1]\n}\n"

SETTINGS: tuple[Code, ...] = (
    Code(
        "QC0410",
        "`{block}` has no key `{key}`",
        """The keys of a `job` block are the names of the fields of IonQ's API, nested as they are there, so what the
service's documentation says about a field can be written down as it stands:

    job { backend = "simulator"; shots = 500; noise { model = "aria-1" }
          settings { compilation { opt = 1 } } }

The API ignores fields it does not know, or refuses the job much later; a misspelt setting would silently have no
effect. So keys are checked here. Notes of your own go into `metadata { ... }`, which takes any keys.""",
        helps=("did you mean `{suggestion}`?", "it belongs into `{path}`"),
        otherwise="the keys here are {known}",
        example="job { shot = 500 }\n" + _BELL,
        fixed="job { shots = 500 }\n" + _BELL,
    ),
    Code(
        "QC0411",
        "`{key}` is given twice",
        """A key may stand once in its block. Which of two values was meant cannot be known, and taking the last one
would make the first one a lie. A block such as `settings { ... }` stands once, too: put everything that belongs into it
between its braces.""",
        labels={"first": "first given here"},
        helps=("keep one of them",),
        example="job { shots = 500; shots = 1000 }\n" + _BELL,
        fixed="job { shots = 1000 }\n" + _BELL,
    ),
    Code(
        "QC0412",
        "`{key}` must be {wants}, not {given}",
        """Every setting is sent to the service in the type its API gives it, and nothing is converted on the way:
`shots` is a whole number, `dry_run` is `true` or `false`, `precision` is a string that looks like a number, and the
values of `metadata` are strings only. Keys that hold others are blocks, written with braces and without `=`.""",
        helps=("write it in quotes: {quoted}",),
        example="job { metadata { ticket = 41 } }\n" + _BELL,
        fixed='job { metadata { ticket = "41" } }\n' + _BELL,
    ),
    Code(
        "QC0413",
        "`{block}` needs the key `{key}`",
        """Some keys cannot be left out. An `energy` block names at least the `hamiltonian`, whose mean is wanted, and
the `ansatz`, the circuit that prepares the state. A `function` block has a `type` and the block `data`.""",
        helps=("add `{key}` to the block",),
        example=_ENERGY + "energy { ansatz = pair }\n",
        fixed=_ENERGY + "energy { hamiltonian = h2; ansatz = pair }\n",
    ),
    Code(
        "QC0415",
        "a file has one `{what}` block",
        """What a file asks of the service is one job, so there is one block with its settings. Several circuits go into
one job with `run a, b`; several jobs are several files, which may share their circuits through `include`.""",
        labels={"first": "the first"},
        helps=("put both into one block",),
        example="job { shots = 500 }\njob { dry_run = true }\n" + _BELL,
        fixed="job { shots = 500; dry_run = true }\n" + _BELL,
    ),
    Code(
        "QC0418",
        "`noise` needs a `model`",
        """The simulator adds the noise of one of IonQ's machines, named by `model`: "aria-1", "aria-2", "forte-1" and
others, or "ideal" for none. A `seed` alone says how noise is drawn but not which; leave the whole block out for an
ideal simulation.""",
        helps=('for instance `noise {{ model = "aria-1" }}`',),
        example='job { backend = "simulator"; noise { seed = 7 } }\n' + _BELL,
        fixed='job { backend = "simulator"; noise { model = "aria-1"; seed = 7 } }\n' + _BELL,
    ),
    Code(
        "QC0419",
        "constraints are lists of the form {shape}",
        """Constraints of an `energy` limit which measured bit strings x count as allowed. They are written as the API
has them. `linear_constraints` is a list of pairs `[coeffs, rhs]`, each meaning coeffs . x <= rhs, with one coefficient
a qubit. `quadratic_constraints` is a list of triples `[quadratic_coeff, linear_coeff, rhs]`, each meaning x . P x + r .
x <= rhs, where P is a list of rows. Even a single constraint stands in a list of its own.""",
        helps=("even a single one stands in a list: `[1, 1] . x <= 1` is `[[[1, 1], 1]]`",),
        example=_ENERGY + "energy { hamiltonian = h2; ansatz = pair; linear_constraints = [[1, 1], 1] }\n",
        fixed=_ENERGY + "energy { hamiltonian = h2; ansatz = pair; linear_constraints = [[[1, 1], 1]] }\n",
    ),
)
