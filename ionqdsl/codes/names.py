"""Diagnostics: names."""

from __future__ import annotations

from ionqdsl.codes.code import Code

NAMES: tuple[Code, ...] = (
    Code(
        "QC0201",
        "`{name}` is not defined",
        "",
        helps=("did you mean `{suggestion}`?",),
    ),
    Code(
        "QC0202",
        "there is no gate `{gate}`",
        "",
        helps=("did you mean `{suggestion}`?",),
    ),
    Code(
        "QC0203",
        "gate `{gate}` takes {wants}, but {were}",
        "",
        helps=(
            "apply it to {each} with `{fix}`",
            "the qubits of `{controlled} @` come first and count too",
        ),
    ),
    Code(
        "QC0204",
        "`{gate}` is a native gate, but qis gates are wanted here",
        "",
        helps=("put it into a `native {{ ... }}` block, or begin the circuit with `gateset native`",),
    ),
    Code(
        "QC0205",
        "`{gate}` is not a native gate, but native gates are wanted here",
        "",
        helps=("native gates are `gpi`, `gpi2`, `ms`, `zz` and `nop`",),
    ),
    Code(
        "QC0206",
        "index {index} is out of range: {name} has length {size}",
        "",
        helps=("use 0 to {last}, or -1 to -{size} from the end",),
    ),
    Code(
        "QC0207",
        "gate `{gate}` takes {wants}, but {were}",
        "",
        helps=("call it as `{example}`",),
    ),
    Code(
        "QC0208",
        "gate `{gate}` has no parameter `{name}`",
        "",
        helps=("did you mean `{suggestion}`?",),
    ),
    Code(
        "QC0209",
        "gate `{gate}` uses `{qubit}` twice",
        "",
        helps=("the qubits of one gate must all be different",),
        labels={"first": "first used here"},
    ),
    Code(
        "QC0210",
        "`inv` takes no argument",
        "",
        helps=("write `inv @`, or `pow(-2) @` for the inverse of a power",),
    ),
    Code(
        "QC0211",
        "`pow` needs an exponent",
        "",
        helps=("write it as `pow(2) @`",),
    ),
    Code(
        "QC0212",
        "the power {exponent} of `{gate}` is not known exactly",
        "",
        helps=("use a whole exponent, or a power of each gate it is made of",),
    ),
    Code(
        "QC0213",
        "`{operand}` is not an operand of gate `{gate}`",
        "",
        helps=("a gate's body names the operands in the gate's first line, one qubit each, without an index",),
    ),
    Code(
        "QC0214",
        "a gate has 1 to 1000 controls, not {count}",
        "",
    ),
    Code(
        "QC0215",
        "the native gate `{gate}` cannot have controls",
        "",
        helps=("control a qis gate instead",),
    ),
    Code(
        "QC0216",
        "the operator acts on index {index}, but `pauliexp` is given {given}",
        "",
        helps=("indices count the operands, from 0",),
    ),
    Code(
        "QC0217",
        "register `{name}` lists a qubit twice",
        "",
    ),
    Code(
        "QC0218",
        "register `{name}` names no qubit",
        "",
    ),
    Code(
        "QC0219",
        "a register `{name}` exists already",
        "",
        helps=("choose another name",),
    ),
    Code(
        "QC0220",
        "`{name}` is defined already",
        "",
        helps=("choose another name",),
        labels={"first": "first defined here"},
    ),
    Code(
        "QC0221",
        "there is no gateset `{name}`",
        "",
        helps=("write `gateset qis` or `gateset native`",),
    ),
    Code(
        "QC0222",
        "the gateset is chosen twice",
        "",
        helps=("keep one of them",),
        labels={"first": "first chosen here"},
    ),
    Code(
        "QC0223",
        "`gateset` must stand before the first gate",
        "",
        helps=("move it to the beginning of the circuit",),
    ),
    Code(
        "QC0224",
        "the registers given to `{gate}` differ in length: {sizes}",
        "",
        helps=("take slices of equal length",),
    ),
    Code(
        "QC0225",
        "`_` names no qubit",
        "",
        helps=("`_` stands for an empty slot in `register` only",),
    ),
    Code(
        "QC0226",
        "`{name}` is {given}, not qubits",
        "",
    ),
    Code(
        "QC0227",
        "`{name}` is a single qubit and has no index",
        "",
        helps=("write `{name}`",),
    ),
    Code(
        "QC0228",
        "`{name}` is built in and cannot be defined again",
        "",
        helps=("choose another name",),
    ),
    Code(
        "QC0229",
        "parameter `{name}` needs a default, as one before it has one",
        "",
        helps=("write `{name} = ...`, or move it to the front",),
        labels={"default": "has a default"},
    ),
    Code(
        "QC0230",
        "gates cannot call themselves: {chain}",
        "",
        helps=("build repetitions with `for`",),
    ),
    Code(
        "QC0231",
        "there are no qubits named `{name}`",
        "",
        helps=("did you mean `{suggestion}`?",),
    ),
)
