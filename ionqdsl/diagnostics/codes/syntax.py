"""Diagnostics: syntax. What the grammar cannot read, and what single tokens cannot be."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

SYNTAX: tuple[Code, ...] = (
    Code(
        "QC0100",
        "{found} does not fit here",
        """The text up to here makes sense, but what comes next cannot follow it. The label under the place says what
could have stood there, where that is a short list.

The usual causes are a missing comma between two qubits, a missing `}` or `)` a little earlier, an operator without a
right-hand side, two statements on one line without `;`, or a comma at the end of a line, which carries the statement on
to the next line. Statements end with their line or with `;`.

The rest of the statement is skipped and reading goes on with the next one, so a file shows all such errors at once.""",
        label="expected {expected}",
        helps=("{hint}",),
        example="qubit q[2]\ncnot q[0] q[1]\n",
        fixed="qubit q[2]\ncnot q[0], q[1]\n",
    ),
    Code(
        "QC0101",
        "the character `{character}` has no meaning here",
        """Outside comments and strings a program consists of ASCII letters, digits, brackets and operators. This
character is none of them. It often arrives by copying from a document or a web page, which turn plain quotes into curly
ones and minus signs into dashes, or from a language in which it means something (`&&`, `||`, `!`, `^`).

Names have letters from a to z, digits and `_`; write `theta` and `pi` for Greek letters. Comments (`# ...`) and strings
may hold any character.""",
        helps=("write `{instead}` instead",),
        otherwise="letters, digits, `_`, brackets and operators of ASCII; any character in comments and strings",
        example="qubit q\nrx(π/2) q\n",
        fixed="qubit q\nrx(pi/2) q\n",
    ),
    Code(
        "QC0102",
        "`{bracket}` is never closed",
        """A bracket was opened and the text went on, or ended, without its partner. The message stands at the opening
bracket, because the place where the closing one is missed can be many lines further down.

Inside `(` and `[` line ends do not count, so an unclosed one swallows the lines below it. For an unclosed `{` the
indentation says which block was probably meant to end: a `}` that stands under the line of an outer block is taken to
close that one. Only this one message is given for the text behind the bracket; other errors in there appear once it is
closed.""",
        label="unclosed",
        helps=("add the missing `{closing}`",),
        example="qubit q[3]\nfor i in range(3) {\n  h q[i]\n",
        fixed="qubit q[3]\nfor i in range(3) {\n  h q[i]\n}\n",
    ),
    Code(
        "QC0103",
        "`{word}` is a keyword and cannot be a name",
        """The words that begin statements or join expressions are reserved everywhere: qubit let const param gate
circuit hamiltonian run energy function job include for in if else barrier verbatim native register gateset gphase
assert as and or not true false null ctrl negctrl inv pow. They name no qubits, values, gates, circuits or registers, so
that a program reads the same in every place.

Only the keys of `job`, `energy` and `function` blocks may be keywords (`hamiltonian = h2`), because they are the
service's own names.""",
        helps=("choose another name, such as `{word}_`",),
        example="const in = 3\nqubit q[in]\nh q\n",
        fixed="const inputs = 3\nqubit q[inputs]\nh q\n",
    ),
    Code(
        "QC0104",
        "the string has no end",
        """A string begins and ends with `"` on one line. This one was still open at the end of its line. Either the
closing quote is missing, or the string holds a quote of its own, which is written `\\"`.

A string cannot run over several lines; a line end inside it is written `\\n`.""",
        helps=('add the missing `"` on this line',),
        example='job { name = "my first job }\nqubit q\nh q\n',
        fixed='job { name = "my first job" }\nqubit q\nh q\n',
    ),
    Code(
        "QC0105",
        "brackets and blocks stand more than {limit} deep in each other",
        """Brackets of all kinds may be nested up to a fixed depth, far beyond what a person can read. The limit keeps
the time and the memory a program takes to compile within bounds, whatever it says. Programs that reach it are usually
written by other programs.

Give inner parts a name: an expression with `const`, a piece of circuit with `gate`.""",
        helps=("move inner parts into `const`, `gate` or `circuit` definitions",),
        example="qubit q\nrx(" + "(" * 101 + "1" + ")" * 101 + ") q\n",
        fixed="qubit q\nrx((1)) q\n",
    ),
    Code(
        "QC0106",
        "`{unit}` is not a unit",
        """Letters right behind a number are its unit. There are three, all for angles: `90deg`, `0.25turn`, `1.5rad`. A
number without a unit is a plain number; where a gate wants an angle it counts in radians, or in turns for native gates.

If a product was meant, write the `*`: `2*theta`, not `2theta`. If another base was meant: there are decimal numbers
only, with an exponent if wanted (`1e-3`).""",
        helps=("units are `deg`, `turn` and `rad`; for a product write `{number} * {unit}`",),
        example="qubit q\nrx(90degrees) q\n",
        fixed="qubit q\nrx(90deg) q\n",
    ),
    Code(
        "QC0107",
        "the number is too long or too large",
        """Numbers are kept exactly as they are written, every digit of them, up to 400 digits and an exponent of at
most 400. No angle, time, size or coefficient comes near that, and machines know some 16 digits of an angle. A longer
number is a slip of the keyboard, or was produced by a program that should round it.""",
        helps=("numbers have at most 400 digits, and exponents up to 400",),
        example="qubit q\nrx(1e-1000) q\n",
        fixed="qubit q\nrx(1e-10) q\n",
    ),
    Code(
        "QC0108",
        "`{escape}` is not an escape in a string",
        """In strings a backslash begins an escape: `\\n` is a line end, `\\t` a tab, `\\\\` a backslash, and `\\"` and
`\\'` are quotes. Anything else behind a backslash is refused, since it could only be guessed at.

Paths for `include` use forward slashes on every system: `include "lib/gates.qc"`.""",
        helps=("the escapes are `\\n`, `\\t`, `\\\\`, `\\\"` and `\\'`",),
        example='job { name = "50\\% done" }\nqubit q\nh q\n',
        fixed='job { name = "50% done" }\nqubit q\nh q\n',
    ),
    Code(
        "QC0109",
        "the program says it is of version {version}, but this compiler reads version 1",
        """The optional first line `qc 1` says which version of the language a file is written in. This compiler knows
version 1. A file of a later version may use words that mean nothing here, or worse, something else, so it is not
compiled at all.

Use a newer compiler for it, or, if the line was meant as decoration, change it to `qc 1` or remove it.""",
        helps=("write `qc 1`, or leave the line out",),
        example="qc 2\nqubit q\nh q\n",
        fixed="qc 1\nqubit q\nh q\n",
    ),
    Code(
        "QC0110",
        "`{bracket}` closes nothing",
        """A closing bracket stands where no bracket of its kind is open. Either it is one too many, or its partner was
forgotten or deleted further up. With `}` look at the block above: an `if` or a `for` that lost its `{` leaves its `}`
behind.""",
        helps=("remove it, or add the bracket it should close",),
        example="qubit q\nrx(pi/2)) q\n",
        fixed="qubit q\nrx(pi/2) q\n",
    ),
    Code(
        "QC0111",
        "`{word}` stands at the top level only, not inside a block",
        """A file is a list of items: `job`, `param`, `gate`, `circuit`, `hamiltonian`, `run`, `energy`, `function` and
`include` stand there side by side and never inside each other. Blocks of circuits and gates hold statements: qubits,
gates, `for`, `if`, `const`, `let` and the like.

Gates do not depend on where they are defined, so a definition can be moved to the top level as it is; what it used from
its surroundings becomes a parameter (`gate f(theta) a { ... }`). If the block around it should have ended earlier, a
`}` is missing there.""",
        helps=("move it out of the block",),
        example="circuit pair {\n  qubit q[2]\n  gate bell a, b { h a; cnot a, b }\n  bell q\n}\n",
        fixed="gate bell a, b { h a; cnot a, b }\ncircuit pair {\n  qubit q[2]\n  bell q\n}\n",
    ),
    Code(
        "QC0112",
        "`{word}` is not part of this language",
        """The word belongs to OpenQASM, Python or another relative of this language, and has no counterpart of the same
name here. The help says what takes its place.

The two that matter most: there is no `measure`, because all qubits are measured at the end by themselves, in the Z
basis (`register out = q[0:2]` gives a group of them a name in the results); and there is no `reset`, because all qubits
begin in |0>. Both are possible in the middle of a circuit only in jobs of the service's type `ionq.qasm3.v1`, which
takes OpenQASM 3.

OpenQASM's standard gates need no include: `cx`, `ccx`, `u3` and the others are built in.""",
        helps=("{instead}",),
        example="qubit q[2]\nh q[0]\nmeasure q[0]\n",
        fixed="qubit q[2]\nh q[0]\nregister out = q[0]\n",
    ),
    Code(
        "QC0113",
        "`{name} = ...` is not a statement: values are defined once",
        """Names are given a value when they are defined, and keep it: there are no variables that change. That is what
lets a program be read in any order, and every value be known before anything runs.

`const n = 4` names a value, `let pair = q[0:2]` names qubits, `param theta` declares a value that comes from outside.
Where a value would change from round to round, compute it from the loop's variable, or use `sum([...])`.""",
        helps=("write `const {name} = ...` for a value, `let {name} = ...` for qubits",),
        example="theta = pi/4\nqubit q\nrx(theta) q\n",
        fixed="const theta = pi/4\nqubit q\nrx(theta) q\n",
    ),
    Code(
        "QC0115",
        "the character {character} is not seen, or makes the text look other than it is",
        """Comments and strings may hold any character, and among these are some that turn the direction of writing
around, or take no room at all. With them a line can look as if it said something else than it does, which has been used
to hide changes from those who review them. The program means what its characters say in their order; this warning shows
where the first such character stands in a file.

Text in languages written from right to left needs none of these characters for single words.""",
        helps=("take the character out, after a look at the line without it",),
        severity="warning",
        example="qubit q\nh q # \u202eq x\u202c\n",
        fixed="qubit q\nh q # x q\n",
    ),
    Code(
        "QC0114",
        "an underscore in a number stands between two digits",
        """Underscores group the digits of a long number, as in Python: `1_000_000`, `0.000_1`. One at the end, next to
the point, the exponent or the unit, or two in a row, are usually what is left of a digit or a name that got lost, so
they are refused.""",
        helps=("write `{fixed}`",),
        example="qubit q\nrx(2_deg) q\n",
        fixed="qubit q\nrx(2deg) q\n",
    ),
)
