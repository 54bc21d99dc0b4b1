"""Diagnostics about syntax: text that the grammar cannot read, and wrong tokens."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

SYNTAX: tuple[Code, ...] = (
    Code(
        "QC0100",
        "{found} does not fit here",
        """The text up to here is fine, but this cannot follow it. If only a few words could, the label lists them.

The usual causes are a missing comma between two qubits, a missing `}` or `)` just before it, an operator without a
right-hand side, two statements on one line without `;`, or a comma at the end of a line, which continues the statement
on the next line. A statement ends at the end of its line or at `;`.

The compiler skips the rest of the statement and continues with the next one, so it reports all such errors of a
file.""",
        label="expected {expected}",
        helps=("{hint}",),
        otherwise="write one statement a line, and gates as `cnot q[0], q[1]` or `rx(pi/2) q[0]`",
        example="qubit q[2]\nbell q[0] + q[1]\n",
        fixed="gate bell a, b { h a; cnot a, b }\nqubit q[2]\nbell q[0], q[1]\n",
    ),
    Code(
        "QC0101",
        "the character `{character}` has no meaning here",
        """Outside comments and strings a program consists of ASCII letters, digits, brackets and operators. This
character is none of them. It often comes from a document or a web page, where plain quotes became curly and minus signs
became dashes, or from a language in which it has a meaning (`&&`, `||`, `!`, `^`).

Names consist of the letters a to z, digits and `_`; write `theta` and `pi` for Greek letters. Comments (`# ...`) and
strings may hold any character.""",
        helps=("write `{instead}` instead",),
        otherwise="use ASCII letters, digits, `_`, brackets and operators; comments and strings may hold any character",
        example="qubit q\nrx(π/2) q\n",
        fixed="qubit q\nrx(pi/2) q\n",
    ),
    Code(
        "QC0102",
        "`{bracket}` is never closed",
        """The program opens a bracket and never closes it. The error points at the opening bracket, because the closing
one may be missing many lines further down.

Inside `(` and `[` line ends do not count, so an unclosed one swallows the lines below it. For an unclosed `{` the
indentation shows which block probably lacks its end: a `}` indented like the first line of an outer block is taken to
close that block. The text after the bracket gives this one error only; other errors in it appear once the bracket is
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
assert as and or not true false null ctrl negctrl inv pow. They cannot name qubits, values, gates, circuits or
registers, so that each word means the same everywhere in a program.

Only keys of `job`, `energy` and `function` blocks may be keywords (`hamiltonian = h2`), because the service named
them.""",
        helps=("choose another name, such as `{word}_`",),
        example="const in = 3\nqubit q[in]\nh q\n",
        fixed="const inputs = 3\nqubit q[inputs]\nh q\n",
    ),
    Code(
        "QC0104",
        "the string has no end",
        """A string begins and ends with `"` on one line. This one is still open at the end of its line. Either the
closing quote is missing, or the string contains a quotation mark, which is written `\\"`.

A string cannot run over several lines; a line end inside it is written `\\n`.""",
        helps=('add the missing `"` on this line',),
        example='job { name = "my first job }\nqubit q\nh q\n',
        fixed='job { name = "my first job" }\nqubit q\nh q\n',
    ),
    Code(
        "QC0105",
        "brackets and blocks are nested more than {limit} deep",
        """Brackets of all kinds may be nested up to a fixed depth, far deeper than a person can read. The limit keeps
compile time and memory bounded for every program. Programs that reach it are usually generated.

Give inner parts a name: an expression with `const`, part of a circuit with `gate`.""",
        helps=("move inner parts into `const`, `gate` or `circuit` definitions",),
        example="qubit q\nrx(" + "(" * 101 + "1" + ")" * 101 + ") q\n",
        fixed="qubit q\nrx((1)) q\n",
    ),
    Code(
        "QC0106",
        "`{unit}` is not a unit",
        """Letters directly after a number are its unit. The three units are all for angles: `90deg`, `0.25turn`,
`1.5rad`. A number without a unit is a plain number; as the angle of a gate it is in radians, or in turns for native
gates.

For a product, write the `*`: `2*theta`, not `2theta`. Numbers are real and always decimal, with an optional exponent
(`1e-3`).""",
        helps=(
            "write `{fixed}`",
            "for a product write `{product}`; the units are `deg`, `turn` and `rad`",
            "numbers are real, unlike `{imaginary}`: give sizes and phases, as in `amplitudes([3, 4], [0, pi/2]) q`",
        ),
        example="qubit q\nrx(90degrees) q\n",
        fixed="qubit q\nrx(90deg) q\n",
    ),
    Code(
        "QC0107",
        "the number is too long or too large",
        """Numbers keep every digit they are written with, up to 400 digits and an exponent from -400 to 400. No angle,
time, size or coefficient comes near that, and machines use about 16 digits of an angle. A longer number is a typing
error, or comes from a program that should round it.""",
        helps=("round it to at most 400 digits, with an exponent from -400 to 400",),
        example="qubit q\nrx(1e-1000) q\n",
        fixed="qubit q\nrx(1e-10) q\n",
    ),
    Code(
        "QC0108",
        "`{escape}` is not an escape in a string",
        """In strings a backslash begins an escape: `\\n` is a line end, `\\t` a tab, `\\\\` a backslash, and `\\"` and
`\\'` are quotes. Anything else after a backslash is refused, because its meaning would be a guess.

Paths for `include` use forward slashes on every system: `include "lib/gates.qc"`.""",
        helps=("write a backslash as `\\\\`, or use one of the escapes `\\n`, `\\t`, `\\\"` and `\\'`",),
        example='job { name = "50\\% done" }\nqubit q\nh q\n',
        fixed='job { name = "50% done" }\nqubit q\nh q\n',
    ),
    Code(
        "QC0109",
        "the program says it is of version {version}, but this compiler reads versions 1 and 2",
        """The optional first line `qc 2` names the version of the language in which a file is written. This compiler
knows versions 1 and 2, and reads both alike: version 2 only adds to version 1. A file of a later version may use words
that mean nothing or something else in these two, so the compiler refuses it.

Use a newer compiler. If the file is of an earlier version after all, change the line or remove it.""",
        helps=("write `qc 2`, or leave the line out",),
        example="qc 3\nqubit q\nh q\n",
        fixed="qc 2\nqubit q\nh q\n",
    ),
    Code(
        "QC0110",
        "`{bracket}` closes nothing",
        """This closing bracket has no open bracket of its kind to close. Either it is one too many, or its opening
bracket is missing further up. For `}` look at the block above: an `if` or a `for` may have lost its `{`.""",
        helps=("write `{fixed}`",),
        otherwise="remove it, or add the bracket it should close",
        example="qubit q\nrx(pi/2)) q\n",
        fixed="qubit q\nrx(pi/2) q\n",
    ),
    Code(
        "QC0111",
        "`{word}` is allowed at the top level only, not inside a block",
        """A file is a list of items: `job`, `param`, `gate`, `def`, `circuit`, `run`, `energy`, `function`, `test` and
`include` follow each other there and are never nested. Blocks of circuits and gates contain statements: qubits, gates,
`for`, `if`, `const`, `let` and the like.

Gates do not depend on where they are defined, so move the definition to the top level and turn any value it used from
the block into a parameter (`gate f(theta) a { ... }`). If the block should have ended earlier, a `}` is missing
there.""",
        helps=("move it out of the block, to the top level of the file",),
        example="circuit pair {\n  qubit q[2]\n  gate bell a, b { h a; cnot a, b }\n  bell q\n}\n",
        fixed="gate bell a, b { h a; cnot a, b }\ncircuit pair {\n  qubit q[2]\n  bell q\n}\n",
    ),
    Code(
        "QC0112",
        "`{word}` is not part of this language",
        """The word belongs to OpenQASM, Python or another relative of this language, and has no counterpart of the same
name here. The help names its replacement.

Two words differ in their form: all qubits are measured at the end by themselves, and a measurement before that names
the register for its outcomes, `register m = measure q`; classical bits are slots of a register, `register c[2]`.

OpenQASM's standard gates need no include: `cx`, `ccx`, `u3` and the others are built in.""",
        helps=("write `{fixed}`", "{instead}"),
        otherwise="leave it out",
        example="qubit q[2]\nbit[2] c\nh q[0]\nc[0] = measure q[0]\nh q[0]\n",
        fixed="qubit q[2]\nregister c[1]\nh q[0]\nc[0] = measure q[0]\nh q[0]\n",
    ),
    Code(
        "QC0113",
        "`{name} = ...` is not a statement: values are defined once",
        """A name gets its value where it is defined and keeps it: there are no variables. Every value is therefore
known before anything runs.

`const n = 4` names a value, `let pair = q[0:2]` names qubits, `param theta` declares a value that comes from outside.
If a value should change from round to round, compute it from the loop's variable, or use `sum([...])`.""",
        helps=("write `{fixed}`", "{instead}"),
        otherwise="write `const {name} = ...` for a value, `let {name} = ...` for qubits",
        example="theta = pi/4\nqubit q\nrx(theta) q\n",
        fixed="const theta = pi/4\nqubit q\nrx(theta) q\n",
    ),
    Code(
        "QC0115",
        "the character {character} is invisible, or changes how the text around it looks",
        """Comments and strings may contain any character, including some that reverse the direction of writing or are
invisible. They can make a line look different from its meaning, and people have hidden changes from reviewers in this
way. The compiler reads the characters in the order in which the file stores them. The warning points at the first such
character of a file.

Single words of languages written from right to left need none of these characters.""",
        helps=("remove the character, then read the line again",),
        severity="warning",
        example="qubit q\nh q # \u202eq x\u202c\n",
        fixed="qubit q\nh q # x q\n",
    ),
    Code(
        "QC0114",
        "an underscore in a number must be between two digits",
        """Underscores group the digits of a long number, as in Python: `1_000_000`, `0.000_1`. One at the end, next to
the point, the exponent or the unit, or two in a row, usually mean that a digit or a name was lost, so they are
refused.""",
        helps=("write `{fixed}`",),
        example="qubit q\nrx(2_deg) q\n",
        fixed="qubit q\nrx(2deg) q\n",
    ),
    Code(
        "QC0116",
        "qubits and names in a list are separated by commas",
        """Qubits after a gate, and names in a declaration, are lists with commas: `cnot q[0], q[1]`, `qubit a, b`.
Neither a space nor `->`, `and` or `:` separates them; the first operands are the controls, so no arrow is needed.""",
        helps=("write `{fixed}`",),
        otherwise="write the list as `q[0], q[1]`",
        example="qubit q[2]\ncnot q[0] q[1]\n",
        fixed="qubit q[2]\ncnot q[0], q[1]\n",
    ),
    Code(
        "QC0117",
        "`{word}` does not begin a comment",
        """Comments begin with `#` and end with the line; there are no comments that span lines. `//`, `--` and `/*
... */` belong to other languages; here `//` divides and rounds down.

Two marks, `##`, make a comment the documentation of the item below it.""",
        helps=("write `{fixed}`",),
        otherwise="begin each line of the comment with `#`",
        example="qubit q\nh q // to |+>\n",
        fixed="qubit q\nh q # to |+>\n",
    ),
    Code(
        "QC0118",
        "the statements of a block stand between `{{` and `}}`",
        """Bodies of `for`, `if`, `gate`, `circuit`, `native` and `verbatim` are enclosed in braces, even if they are
one statement. Indentation and line ends inside the braces are free, and neither a colon nor `then`, `do`, `begin` or
`end` is needed.""",
        helps=("write `{fixed}`",),
        otherwise="put `{{` before the first statement, and `}}` after the last",
        example="qubit q[3]\nfor i in range(3):\n  h q[i]\n",
        fixed="qubit q[3]\nfor i in range(3) {\n  h q[i]\n}\n",
    ),
    Code(
        "QC0119",
        "a loop is written `for i in range(n) {{ ... }}`",
        """A loop runs over the values of a list: `range(n)` counts from 0 to n - 1, `range(a, b)` from a to b - 1,
`range(a, b, step)` in steps, and `[0, 2, 5]` or `linspace(0, pi, 5)` give other values. The variable needs no type
and there are no parentheses around it.

Ranges of OpenQASM (`[0:3]`) and Q# (`0..3`) include their last value, `range(0, 3)` does not.""",
        helps=("write `{fixed}`", "{instead}"),
        otherwise="write `for i in range(n) {{ ... }}`",
        example="qubit q[3]\nfor i in 0..2 { h q[i] }\n",
        fixed="qubit q[3]\nfor i in range(3) { h q[i] }\n",
    ),
    Code(
        "QC0120",
        "a gate is written as `rx(pi/2) q[0]`: its arguments in parentheses, then its qubits",
        """The parentheses after the name of a gate hold numbers and angles only. The qubits follow them, without
parentheses and separated by commas: `cnot q[0], q[1]`, `rx(0.3) q[0]`. A gate without arguments has no parentheses.

Modifiers stand before the gate, each followed by `@`: `ctrl @ x a, b`, `inv @ s q`, `pow(2) @ t q`.""",
        helps=("write `{fixed}`",),
        otherwise="write gates as `h q[0]`, `rx(pi/2) q[0]` or `ctrl @ x q[0], q[1]`",
        example="qubit q[2]\nrx q[0], 0.3\n",
        fixed="qubit q[2]\nrx(0.3) q[0]\n",
    ),
    Code(
        "QC0121",
        "`{word}` is not an object here: gates and functions have no prefix",
        """Programs contain no objects, methods or modules. A gate is a statement of its own, `h q[0]` in place of
`qc.h(0)`, and functions and constants such as `sqrt`, `sin` and `pi` are always known, without `math.` or `np.`.

A Python program builds circuits with methods too: see the page on the Python interface.""",
        helps=("write `{fixed}`", "{instead}"),
        otherwise="leave the prefix out, and write gates as `h q[0]` or `rx(pi/2) q[0]`",
        example="qubit q[2]\nqc.cx(0, 1)\n",
        fixed="qubit q[2]\ncx q[0], q[1]\n",
    ),
    Code(
        "QC0122",
        "an operator is missing between `{left}` and `{word}`",
        """Two values stand next to each other. A product needs its `*`: `2 * theta`, `0.5 * Z[0] * Z[1]`. A unit
directly follows its number, without a space: `90deg`, `0.25turn`.""",
        helps=("write `{fixed}`",),
        otherwise="join the values with `*`, or separate them by a comma",
        example="qubit q\nrx(90 deg) q\n",
        fixed="qubit q\nrx(90deg) q\n",
    ),
    Code(
        "QC0123",
        "`{word}` is not an operator of this language",
        """Operators are those of Python: `+ - * / // % **`, comparisons `== != < <= > >=`, and the words `and`, `or`
and `not`. A choice is written `x if c else y`; `**` is the power.""",
        helps=("write `{fixed}`", "{instead}"),
        otherwise="the operators are `+ - * / // % **`, `== != < <= > >=`, `and`, `or`, `not`",
        example="qubit q\nif 1 == 1 && 2 == 2 { h q }\n",
        fixed="qubit q\nif 1 == 1 and 2 == 2 { h q }\n",
    ),
    Code(
        "QC0124",
        "`{word}` does not fit into this statement",
        """The statement begins with a word of the language, but does not continue as such statements do. The help
shows how it is written. `ionqdsl explain` with the name of a gate shows that gate, and the language reference has
every statement.""",
        label="expected {expected}",
        helps=("write `{fixed}`", "{instead}", "`{statement}` statements are written `{form}`"),
        otherwise="compare the statement with the language reference",
        example="qubit q(2)\nh q\n",
        fixed="qubit q[2]\nh q\n",
    ),
    Code(
        "QC0125",
        "`=` gives a name its value, `==` compares two values",
        """A definition has one equals sign, `const n = 4`. A comparison has two, `if n == 4 { ... }`, as in most
languages, so that neither can be mistaken for the other.""",
        helps=("write `{fixed}`",),
        otherwise="write `==` in a condition, `=` in a definition",
        example="qubit q\nif 1 = 1 { h q }\n",
        fixed="qubit q\nif 1 == 1 { h q }\n",
    ),
    Code(
        "QC0126",
        "settings are written `key = value`, one a line or separated by `;`",
        """The blocks `job`, `energy` and `function` contain settings: a key, `=` and a value. Lines or semicolons
separate them. Keys have no quotes, texts have double quotes; a group such as `noise` is a block of its own, without
`=`.""",
        helps=("write `{fixed}`",),
        otherwise="write `shots = 1000` for a value, `noise {{ ... }}` for a group",
        example="job { shots: 100 }\nqubit q\nh q\n",
        fixed="job { shots = 100 }\nqubit q\nh q\n",
    ),
    Code(
        "QC0127",
        "`let` names qubits, `const` names values",
        """Qubits and values are kept apart: `let pair = q[0:2]` gives a name to some qubits, which gates can be
applied to by that name; `const n = 4` gives a name to a number, an angle, a string or a list. The qubits after `let`
need no brackets around them.""",
        helps=("write `{fixed}`",),
        otherwise="write `const n = 4` for a value, and `let pair = q[0], q[1]` for qubits",
        example="let n = 3\nqubit q[n]\nh q\n",
        fixed="const n = 3\nqubit q[n]\nh q\n",
    ),
    Code(
        "QC0128",
        "{wanted} is missing {found}",
        """Something is left out: the right side of an operator, the value after `=`, the operand after a comma, the
gate before its qubits. A statement ends at the end of its line, except inside parentheses and brackets and after a
comma, so the rest of it cannot stand on the next line.""",
        helps=("write `{fixed}`", "such statements are written `{form}`"),
        otherwise="complete it, or remove the operator, comma or bracket before it",
        example="qubit q\nrx(pi/) q\n",
        fixed="qubit q\nrx(pi/2) q\n",
    ),
    Code(
        "QC0129",
        "two statements on one line are separated by `;`",
        """A statement ends at the end of its line or at `;`. Here a second one begins on the same line, after a space
or a comma. A comma joins the operands of one gate, and continues a statement on the next line.""",
        helps=("write `{fixed}`",),
        otherwise="begin a new line, or put `;` between them; comments begin with `#`",
        example="qubit q[2]\nh q[0] x q[1]\n",
        fixed="qubit q[2]\nh q[0]; x q[1]\n",
    ),
    Code(
        "QC0130",
        "`def` defines a function of one expression",
        """`def bit(x, k) = x >> k & 1` names an expression with parameters, and `bit(6, 1)` is its value. A function
has no statements and no `return`; choices are written `a if c else b`, repetitions `sum(... for k in range(n))` or
`[...]`.

A value without parameters is a `const`. Statements that apply gates belong in a `gate`: `gate bell a, b { h a; cnot a,
b }`.""",
        helps=(
            "for a value without parameters, write `const {value} = ...`",
            "to apply gates, define a gate: `gate {gate}(angles) a, b {{ ... }}`",
            "write `def {function} = ...`, with an expression after the `=`",
        ),
        otherwise="write `def name(x) = ...`, with an expression after the `=`",
        example="def flip(n) { for i in range(n) { x q[i] } }\nqubit q[2]\nflip(2) q\n",
        fixed="gate flip(n) a { for i in range(n) { x a } }\nqubit q[2]\nflip(3) q\n",
    ),
    Code(
        "QC0131",
        "a measurement is written `s[i] = measure q[i]`",
        """The place of the outcome comes first, then `=`, the word `measure` without parentheses, and the qubits with
commas between them. The register is declared above, `register s[2]`, or by the measurement itself, `register m =
measure q`. A reset has no outcome: `reset q[0]`.""",
        helps=("write `{fixed}`", "{instead}"),
        otherwise="write `s[i] = measure q[i]`, or `register m = measure q` if nothing declares the register",
        example="qubit q\nh q\nregister m = measure(q)\nh q\n",
        fixed="qubit q\nh q\nregister m = measure q\nh q\n",
    ),
)
