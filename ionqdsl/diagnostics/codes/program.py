"""Diagnostics about whole programs: circuits to run, parameters, included files."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_BELL = "circuit bell {\n  qubit q[2]\n  h q[0]\n  cnot q[0], q[1]\n}\n"
_ANSATZ = (
    "param t\nhamiltonian m = Z[0]\ncircuit chain({formals}) {{\n  qubit q[n]\n  ry(t) q\n}}\n"
    "energy {{\n  hamiltonian = m\n  ansatz = chain{given}\n  params = [0.3]\n}}\n"
)
_TILT = "circuit tilt(theta) {\n  qubit q\n  rx(theta) q\n}\n"

PROGRAM: tuple[Code, ...] = (
    Code(
        "QC0401",
        "there is nothing to run",
        """The file contains no circuit: it is empty, or has only comments, settings and definitions. A program needs
qubits and gates, as bare statements or in a `circuit` block. A file of definitions for other files cannot be compiled
by itself.""",
        helps=(
            "the tests in it run with `ionqdsl test {tested}`",
            "declare qubits and apply gates: `qubit q[2]; h q[0]; cnot q[0], q[1]`",
        ),
        example="# a program without statements\nconst n = 3\n",
        fixed="const n = 3\nqubit q[n]\nh q\n",
    ),
    Code(
        "QC0402",
        "there is nothing to run: every circuit needs values for its parameters ({circuits})",
        """Without a `run` statement, every circuit runs whose parameters all have defaults. Here each circuit has a
parameter without a default, so none can run. Run one with a value, `run tilt(0.5)`, or with several, `run tilt(t) for t
in linspace(0, pi, 5)`; or give the parameters defaults: `circuit tilt(theta = 0.5) { ... }`.""",
        helps=(
            "run them with values, `run name(0.5)`, or give the parameters defaults",
            "the tests in it run with `ionqdsl test {tested}`",
        ),
        example=_TILT,
        fixed=_TILT + "run tilt(pi/3)\n",
    ),
    Code(
        "QC0403",
        "circuit `{circuit}` needs values for {names}",
        """The circuit has parameters without defaults, and `run` does not give them. Values go in parentheses after its
name, by position or by name: `run tilt(0.5)`, `run tilt(theta = 0.5)`. To run it for many values, add a loop: `run
tilt(t) for t in [0.1, 0.2]`.""",
        helps=("give them in parentheses, or as defaults in the circuit's first line",),
        example=_TILT + "run tilt\n",
        fixed=_TILT + "run tilt(0.5)\n",
    ),
    Code(
        "QC0404",
        "two circuits to run are named `{name}`",
        """Results are found by the names of the circuits, so no two names of a job may be equal. The name of a circuit
that runs is the text of its call, `tilt(0.5)`, or the text after `as`. In a loop the name must contain the loop's
variable: `run tilt(t) for t in [0.1, 0.2] as "t={t}"`; formats such as `{t:.2f}` may round two values to the same text.

To run the same circuit twice, name the second one: `run bell, bell as "again"`.""",
        labels={"first": "the first"},
        helps=("write `{fix}`",),
        otherwise='name them with `as "..."`, because results are found by name',
        example=_BELL + "run bell, bell\n",
        fixed=_BELL + 'run bell, bell as "again"\n',
    ),
    Code(
        "QC0405",
        "`param` is not allowed inside a circuit",
        """`param` declares a value that comes from outside the program: from `--set`, from a sweep, or from Python.
Such values belong to the file as a whole and are declared at its top level, where every circuit and gate sees them.

A value that differs from call to call is a parameter of the circuit: `circuit tilt(theta) { ... }`. A fixed value is a
`const`, which is allowed inside.""",
        helps=("move it before the circuit, or make it a parameter in the circuit's first line",),
        example="circuit tilt {\n  param theta\n  qubit q\n  rx(theta) q\n}\n",
        fixed="param theta\ncircuit tilt {\n  qubit q\n  rx(theta) q\n}\n",
    ),
    Code(
        "QC0406",
        "the arguments do not fit circuit `{circuit}`",
        """`run` gives the circuit more arguments than it has parameters, names a parameter that it does not have, or
gives one twice. Arguments are matched with the parameters in the circuit's first line, by position or as `name =
value`.""",
        label="{given} given",
        helps=("give each of its parameters one value: {wants}",),
        otherwise="leave the arguments out: the circuit has no parameters",
        example=_TILT + "run tilt(0.5, 0.6)\n",
        fixed=_TILT + 'run tilt(0.5), tilt(0.6) as "second"\n',
    ),
    Code(
        "QC0407",
        "`{what}` is not allowed in the body of gate `{gate}`",
        """The body of a gate acts on the operands of the gate and cannot affect the circuit around it: it may
contain gates, `for`, `if`, `const`, `let`, `gphase`, `assert` and `native { ... }` blocks. Declarations of qubits,
`register` statements, barriers and `verbatim` blocks belong to circuits.

A gate cannot declare qubits: make an ancilla one more operand.""",
        helps=(
            "move it to the circuit: a gate contains gates, `for`, `if`, `const`, `let`, `gphase`, `assert`, `native`",
        ),
        example="gate echo a, b { cnot a, b; barrier a, b; cnot a, b }\nqubit q[2]\nx q\n",
        fixed="gate half a, b { cnot a, b }\nqubit q[2]\nhalf q\nbarrier q\nhalf q\n",
    ),
    Code(
        "QC0408",
        "the list of values to run with is empty",
        """The list after `run ... for ... in`, or that of a sweep, is empty, so the circuit would not run at all. Often
the bounds of a range are swapped, or its step has the wrong sign: `range(5, 0)` is empty, `range(5, 0, -1)` is not.""",
        label="this is empty",
        helps=("check the bounds of the range",),
        example=_TILT + "run tilt(t) for t in range(5, 0)\n",
        fixed=_TILT + "run tilt(t) for t in range(5, 0, -1)\n",
    ),
    Code(
        "QC0409",
        "assertion failed: {message}",
        """An `assert` in the program is false. Its author stated a condition that the program relies on, for instance
the sizes a circuit works for; the text after the colon is the author's. Change the values that lead here, or the
assertion if it no longer applies.""",
        helps=("change the values in the condition",),
        example='const n = 1\nassert n >= 2, "a GHZ state needs two qubits"\nqubit q[n]\nh q\n',
        fixed='const n = 2\nassert n >= 2, "a GHZ state needs two qubits"\nqubit q[n]\nh q\n',
    ),
    Code(
        "QC0414",
        "there is no circuit `{name}`",
        """`run` and `ansatz` name a circuit, which `circuit name { ... }` defines in this file or in one it includes.
Gates cannot run by themselves: put one into a circuit. Bare statements need no `run`.""",
        helps=("did you mean `{suggestion}`?",),
        otherwise="define it with `circuit {name} {{ ... }}`",
        example=_BELL + "run bel\n",
        fixed=_BELL + "run bell\n",
    ),
    Code(
        "QC0280",
        "`ansatz` names a circuit, without arguments",
        """The parameters that an energy leaves open are those of the program and of the ansatz that have no value, and
`params` gives them values in this order. `ansatz = name` therefore takes no arguments: a parameter of the circuit that
is not to be varied, such as its number of qubits, has its value as a default in the first line of the circuit.""",
        labels={"circuit": "give its parameters values here"},
        helps=("give the values as defaults: `{usage}`",),
        example=_ANSATZ.format(formals="n", given="(2)"),
        fixed=_ANSATZ.format(formals="n = 2", given=""),
    ),
    Code(
        "QC0416",
        "a file has one `run`, `energy` or `function`",
        """A file describes one job, and these statements choose its kind: `run` sends circuits to be sampled, `energy`
asks for the mean of a Hamiltonian, `function` for another function of the service. A job is of one kind only. Several
circuits go into one `run`; for several jobs write several files, which can share circuits through `include`.""",
        labels={"first": "the first"},
        helps=("keep one of them; a `run` can list several circuits: `run a, b`",),
        example=_BELL + 'run bell\nrun bell as "again"\n',
        fixed=_BELL + 'run bell, bell as "again"\n',
    ),
    Code(
        "QC0417",
        "a file has bare statements or `circuit` blocks, not both",
        """Bare statements are the body of one anonymous circuit, the shortest way to write a program. As soon as a file
defines named circuits, every statement must belong to one of them. Definitions (`const`, `param`, `gate`) are shared by
all circuits and may stay outside.""",
        labels={"circuit": "a `circuit` block"},
        helps=("move `{condition}` into each circuit that relies on it",),
        otherwise="put the bare statements into their own `circuit` block",
        example=_BELL + "qubit r\nx r\n",
        fixed=_BELL + "circuit flip {\n  qubit r\n  x r\n}\n",
    ),
    Code(
        "QC0420",
        "the program has no parameter `{name}` to give a value to",
        """`--set` and `--sweep` give values to the parameters that the program declares with `param`. Constants are
fixed by the program, and the parameters of a `circuit` are given where it runs. The elements of an array parameter are
`th[0]`, `th[1]` and so on; `--set 'th=[0.1, 0.2]'` gives all of them at once.""",
        helps=("did you mean `{suggestion}`?",),
        otherwise="declare it in the program: `{declared}`",
    ),
    Code(
        "QC0421",
        "parameter `{name}` has {size:element}, but {given:were} given",
        """`param th[4]` declares four values, and a list given to it has one for each. A single number instead of a
list is used for all of them.""",
        helps=("give {size:value} in a list, or one number for all of them",),
        example="param th[3] = [0.1, 0.2]\nqubit q[3]\nfor i in range(3) { ry(th[i]) q[i] }\n",
        fixed="param th[3] = [0.1, 0.2, 0.3]\nqubit q[3]\nfor i in range(3) { ry(th[i]) q[i] }\n",
    ),
    Code(
        "QC0422",
        "the name cannot be filled in: {reason}",
        """The text after `as` may contain fields in braces, which are replaced by values: `as "t={t:.2f}"`. A field is
the name of a value, optionally with a colon and a format specification as in Python: `.3f` for three decimals, `03d`
for a whole number with leading zeros. An angle is shown as a number in the unit it was written in. Fields cannot
contain expressions: name these with `const`. A literal brace is doubled: `{{` or `}}`.""",
        cases={
            "reason": {
                "field": "a field is a name, perhaps with a format: `{{t}}`, `{{t:.3f}}`",
                "width": "a width of more than 999 characters",
                "python": "{said}",
            }
        },
        helps=("write a field as `{{t}}` or `{{t:.3f}}`, and a literal brace twice",),
        example=_TILT + 'run tilt(t) for t in [0.1, 0.2] as "t={t:.1q}"\n',
        fixed=_TILT + 'run tilt(t) for t in [0.1, 0.2] as "t={t:.1f}"\n',
    ),
    Code(
        "QC0423",
        "`{what}` is not allowed in a loop",
        """Qubits and registers belong to the circuit as a whole, and `gateset` applies to all of it, so these
statements belong outside loops: a loop would declare the same name again in every round. Declare a register of the
required size before the loop, `qubit q[n]`, and use `q[i]` inside.""",
        helps=(
            "declare `register {register}[n]` before the loop, with a bit for each qubit of each round, and measure"
            " into these: `{register}[k] = measure {measured}`",
        ),
        otherwise="move it before the loop",
        example="for i in range(3) { qubit q; h q }\n",
        fixed="qubit q[3]\nfor i in range(3) { h q[i] }\n",
    ),
    Code(
        "QC0424",
        "cannot read `{path}`: {reason}",
        """The file does not exist, is a folder, or may not be read. The path of an `include` is relative to the file
that contains the `include`, not to the current folder. Names that the missing file may define cause no further
errors.""",
        helps=(
            "did you mean `{suggestion}`?",
            "name a file, such as `{inside}`",
            "correct the path{origin}",
            "name a file, or send the program through a pipe{stream}",
        ),
        example='include "no/such/file.qc"\nqubit q\nh q\n',
        fixed="qubit q\nh q\n",
    ),
    Code(
        "QC0425",
        "`{path}` lies outside the folder of the program",
        """Programs include files from the main file's folder and the folders below it. A program from somebody else
therefore cannot read your other files, and a folder can be moved as a whole.

Copy the file into the folder, or set up the program one folder higher. A link to a file outside counts as outside.""",
        helps=("move the file into that folder",),
        example='include "../gates.qc"\nqubit q\nh q\n',
        fixed="qubit q\nh q\n",
    ),
    Code(
        "QC0426",
        "included files may contain definitions only",
        """An included file offers `const`, `def`, `gate`, `circuit` and `hamiltonian` definitions, may include other
files, and may have tests. The main file decides which circuits run, with which settings and parameters; a statement in
an included file would be a part of a circuit that readers of the main file do not see.

To reuse a part of a circuit, define a `gate` or a `circuit` in the included file.""",
        helps=("move this statement into the main file",),
    ),
    Code(
        "QC0427",
        "files include each other in a cycle: {chain}",
        """A file includes itself, directly or through others; the message shows the cycle. Each of these files would
need the others to be read first. A file may be included from several places: the compiler reads it once.""",
        helps=("move the shared definitions into a separate file",),
    ),
    Code(
        "QC0428",
        "`{path}` is not a text file: byte {offset} is {reason}",
        """Programs are text in the encoding UTF-8 (which includes ASCII). This file contains bytes that are not UTF-8:
it uses another encoding, such as Latin-1 or UTF-16, or it is not text but a picture, an archive or a compiled file.
Bytes that are 0 are in no text; a text in UTF-16 has many.""",
        cases={"reason": {"encoding": "not UTF-8 text", "zero": "0, which is no character of a text"}},
        helps=("save it as UTF-8",),
    ),
    Code(
        "QC0429",
        "`{path}` is a circuit of QCViewer, another format whose files also end in `.qc`",
        """QCViewer and related tools use the ending `.qc` for their own format, with lines such as `.v a b c` and
`BEGIN` ... `END`. The two have only the ending in common. The gates are easy to translate by hand: its `tof a b c` is
`ccx a, b, c`, `tof a b` is `cnot a, b`, `tof a` is `x a`, and `H a` is `h a`.""",
        helps=("write it in this language, or convert it to OpenQASM first",),
    ),
    Code(
        "QC0430",
        "`{text}` is not an expression",
        """The text given for a parameter, with `--set name=value` or `--sweep name=list`, must be one expression of the
language, such as `0.3`, `pi/4`, `45deg` or `linspace(0, pi, 21)`. Quote it in the shell if it contains parentheses,
spaces or a star.""",
        helps=("give a value such as `0.3`, `pi/4` or `linspace(0, pi, 21)`",),
    ),
    Code(
        "QC0431",
        "nothing here runs by itself: the file only contains definitions for other files",
        """`check` and editors look at files one by one, and this one defines gates, constants or operators but no
circuit, as a library does. Compiling or running it is an error (QC0401).""",
        helps=('include it where it is used: `include "path.qc"`',),
        severity="note",
    ),
    Code(
        "QC0460",
        "the sweep has the point `{point}` twice",
        """A sweep makes one circuit for each point, named by its values, and results are found by these names. So each
value of a list is given once. The ends of `linspace(a, b, n)` must differ, too. To measure a point more precisely, take
more shots.""",
        labels={"first": "the first"},
        helps=("leave one of them out",),
    ),
    Code(
        "QC0459",
        "circuit `{name}` of `{file}` runs too, because the program has no `run`",
        """Without `run`, every circuit whose parameters all have values runs, those of included files too: they are all
part of one job, and of its price.""",
        helps=("name the circuits that run: `run {own}`",),
        severity="note",
    ),
    Code(
        "QC0458",
        "the circuits run on this computer; they are only compiled for `{backend}`",
        """`run` simulates circuits on this computer, without a key, whatever backend a file or a setting names. The
circuits are still compiled for that backend, so the pulses are those of the machine. The simulation has no noise unless
the job or `--noise` names a model, and settings of the service such as error mitigation have no effect.""",
        helps=("`ionqdsl submit {file} --wait` sends the job to IonQ and shows its result",),
        severity="note",
    ),
)
