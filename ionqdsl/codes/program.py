"""Diagnostics: programs and jobs."""

from __future__ import annotations

from ionqdsl.codes.code import Code

PROGRAM: tuple[Code, ...] = (
    Code(
        "QC0401",
        "there is nothing to run",
        "",
        helps=("declare qubits and apply gates: `qubit q[2]; h q[0]; cnot q[0], q[1]`",),
    ),
    Code(
        "QC0402",
        "there is nothing to run: every circuit needs values for its parameters ({circuits})",
        "",
        helps=("run them with values, `run name(0.5)`, or give the parameters defaults",),
    ),
    Code(
        "QC0403",
        "circuit `{circuit}` needs values for {names}",
        "",
        helps=("give them in parentheses, or as defaults in the circuit's first line",),
    ),
    Code(
        "QC0404",
        "two circuits to run are named `{name}`",
        "",
        helps=("write `{fix}`",),
        otherwise='name them with `as "..."`, since results are told apart by name',
        labels={"first": "the first"},
    ),
    Code(
        "QC0405",
        "`param` cannot stand inside a circuit",
        "",
        helps=("move it in front of the circuit, or make it a parameter in the circuit's first line",),
    ),
    Code(
        "QC0406",
        "the arguments do not fit circuit `{circuit}`",
        "",
        label="{given} given",
        helps=("its parameters: {wants}",),
    ),
    Code(
        "QC0407",
        "`{what}` cannot stand in the body of gate `{gate}`",
        "",
        helps=("gate bodies hold gates, `for`, `if`, `const`, `gphase`, `assert` and `native {{ ... }}`",),
    ),
    Code(
        "QC0408",
        "there are no values to run for",
        "",
        label="this is empty",
    ),
    Code(
        "QC0409",
        "assertion failed: {message}",
        "",
    ),
    Code(
        "QC0410",
        "`{block}` has no key `{key}`",
        "",
        helps=("did you mean `{suggestion}`?", "it belongs into `{path}`", "its keys are {known}"),
    ),
    Code(
        "QC0411",
        "`{key}` is given twice",
        "",
        labels={"first": "first given here"},
    ),
    Code(
        "QC0412",
        "`{key}` must be {wants}, not {given}",
        "",
        helps=("write it in quotes: {quoted}",),
    ),
    Code(
        "QC0413",
        "`{block}` needs the key `{key}`",
        "",
    ),
    Code(
        "QC0414",
        "there is no circuit `{name}`",
        "",
        helps=("did you mean `{suggestion}`?",),
    ),
    Code(
        "QC0415",
        "a file has one `{what}` block",
        "",
        helps=("put both into one block",),
        labels={"first": "the first"},
    ),
    Code(
        "QC0416",
        "a file has one `run`, `energy` or `function`",
        "",
        helps=("list several circuits in one `run`: `run a, b`",),
        labels={"first": "the first"},
    ),
    Code(
        "QC0417",
        "a file has bare statements or `circuit` blocks, not both",
        "",
        helps=("put the bare statements into a `circuit` block of their own",),
        labels={"circuit": "a `circuit` block"},
    ),
    Code(
        "QC0418",
        "`noise` needs a `model`",
        "",
        helps=('for instance `noise {{ model = "aria-1" }}`',),
    ),
    Code(
        "QC0419",
        "constraints are lists: {shape}",
        "",
    ),
    Code(
        "QC0420",
        "the program has no parameter `{name}`",
        "",
        helps=("did you mean `{suggestion}`?",),
    ),
    Code(
        "QC0421",
        "parameter `{name}` has {size} elements, but {given} values are given",
        "",
    ),
    Code(
        "QC0422",
        "the name cannot be filled in: {reason}",
        "",
    ),
    Code(
        "QC0423",
        "`{what}` cannot stand in a loop",
        "",
        helps=("move it in front of the loop",),
    ),
    Code(
        "QC0424",
        "cannot read `{path}`: {reason}",
        "",
    ),
    Code(
        "QC0425",
        "`{path}` lies outside the folder of the program, {root}",
        "",
        helps=("move the file into that folder",),
    ),
    Code(
        "QC0426",
        "included files hold definitions only",
        "",
        helps=("move this into the main file; `const`, `gate`, `circuit` and `hamiltonian` may stay",),
    ),
    Code(
        "QC0427",
        "files include each other in a circle: {chain}",
        "",
        helps=("move what they share into a file of its own",),
    ),
    Code(
        "QC0428",
        "`{path}` is not a text file: byte {offset} is not UTF-8 text",
        "",
        helps=("save it as UTF-8",),
    ),
    Code(
        "QC0429",
        "`{path}` is a circuit of QCViewer, another format whose files also end in `.qc`",
        "",
    ),
    Code(
        "QC0430",
        "`{text}` is not an expression",
        "",
    ),
)
