"""Diagnostics about reading and writing other formats."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

FORMATS: tuple[Code, ...] = (
    Code(
        "QC1101",
        "this is not OpenQASM: {found} does not fit here",
        """The text is neither OpenQASM 2 nor OpenQASM 3 here. The text before it is fine, so the mistake is here or
just before: a missing `;`, an unclosed bracket or a misspelt word. Only the first such place is reported.""",
        helps=("choose another name: `{keyword}` is a word of the language",),
        otherwise="look for a missing `;` or bracket before it",
    ),
    Code(
        "QC1102",
        "OpenQASM {version} cannot be read here",
        """OpenQASM 2 and OpenQASM 3 are read. An included file must be of the same version as the file that includes
it, because the same text may mean different things: `1/2` is a half in OpenQASM 2 and 0 in OpenQASM 3.""",
        helps=("write the version it is written in: `OPENQASM 3.0;`",),
    ),
    Code(
        "QC1103",
        "brackets, blocks or included files are nested more than {limit} deep",
        """The depth is limited so that ionqdsl reads or refuses every text in bounded time and memory. Texts that
reach the limit are usually generated.""",
        helps=("make the innermost part a constant, a gate or a loop",),
    ),
    Code(
        "QC1104",
        "`{word}` is OpenQASM 3, but the text says it is OpenQASM 2",
        """The two versions share most of their words, but some of these differ in meaning, so a text is read as the
version named in its first line.""",
        helps=("if it is OpenQASM 3, begin it with `OPENQASM 3.0;`",),
    ),
    Code(
        "QC1105",
        "`{word}` cannot be part of a circuit: it stands for {what}",
        """A circuit is a list of gates, measurements and resets, with conditions on outcomes. OpenQASM 3 can express
more. ionqdsl does not read timing, pulse calibrations, arrays as arguments, or loops that wait for a measurement, and
it never leaves a statement out that could change the circuit.""",
        helps=("use {instead}",),
        otherwise="leave the statement out",
    ),
    Code(
        "QC1172",
        "the subroutine `{name}` {what}, so it cannot become a gate",
        """ionqdsl reads a subroutine as a gate on the qubits that it takes. A gate cannot measure qubits, reset them or
return a value; a subroutine with a result computes it from values alone.""",
        helps=("{fix}",),
        otherwise="keep only gates in the subroutine, and measure or reset qubits after the call",
    ),
    Code(
        "QC1173",
        "the subroutine `{name}` {problem}",
        """A call gives a subroutine one argument for each parameter: `f(q[0:1], 0.3);`. A parameter `qubit a` takes a
single qubit, `qubit[2] a` a register of exactly two. Modifiers such as `inv @` apply to gates only.""",
        helps=("give the arguments that its first line names; a slice is a register: `q[0:1]`",),
    ),
    Code(
        "QC1194",
        "the subroutine `{name}` {problem}",
        """A subroutine with a result, `def f(int n) -> float { return n/2.0; }`, computes a value while the text is
read. It returns one of its type whatever its arguments are, and does not call itself.""",
        helps=("{fix}",),
    ),
    Code(
        "QC1195",
        "`return` is not inside a subroutine",
        """`return` ends the body of a subroutine and gives its result. A program ends with its last statement.""",
        helps=("remove it, or move it into a subroutine: `def f(int n) -> float {{ return n/2.0; }}`",),
    ),
    Code(
        "QC1106",
        "the number has more than {limit} digits, or an exponent beyond {limit}",
        """ionqdsl keeps numbers exactly. The limit keeps a short text from requiring endless arithmetic.""",
        helps=("round the number",),
    ),
    Code(
        "QC1107",
        "`{name}` is measured: its value is not known before the circuit has run",
        """ionqdsl reads conditions on measured bits, `if (c[0] == 1) x q[1];`. Angles, arithmetic and numbers that
depend on them need a machine that computes while the circuit runs. If only the statistics matter, you can often compute
afterwards, from the results.""",
        helps=("measure into a `bit`, and use it in conditions only: `if (c[0] == 1) x q[1];`",),
    ),
    Code(
        "QC1108",
        "the circuit uses this qubit again, but no bit receives the outcome of its measurement",
        """A measurement in the middle changes the state, and its outcome needs a place: a bit of a register. A reset
after it would forget the outcome, and needs none.""",
        labels={"measured": "measured here"},
        helps=("measure into a bit: `bit c; c = measure q;`",),
    ),
    Code(
        "QC1109",
        "{index} is out of range",
        """Indices start at 0. In OpenQASM 3 negative indices count from the end, and ranges include both ends: `q[0:3]`
is four qubits.""",
        helps=("use {indices}",),
        otherwise="make it longer: an empty register has no index",
    ),
    Code(
        "QC1110",
        "expected {wanted}, but this is {found}",
        """The value is of a type that has no meaning here. OpenQASM's types are whole numbers (int, uint), real numbers
(float), angles, truth values (bool) and bits.""",
        helps=("give {wanted}",),
    ),
    Code(
        "QC1111",
        "`{name}` is not declared",
        """A name is declared before it is used, and is known inside the block that declares it.""",
        helps=("declare it first",),
    ),
    Code(
        "QC1112",
        "`{name}` has no value yet",
        """Classical variables are evaluated while the text is read, so they need a value before they are used.""",
        helps=("give it a value in its declaration",),
    ),
    Code(
        "QC1113",
        "this needs a known number, but it depends on {names}",
        """Inputs may stay open while a circuit is compiled, and angles that contain them stay formulas. The number of
rounds of a loop, the branch of an `if`, the qubits of a gate and the exponent of a power must be known.""",
        helps=("give it a value, `--set {first}=0.3`, or make it a constant, `const float {first} = 0.3;`",),
    ),
    Code(
        "QC1114",
        "whole numbers divide to a whole number in OpenQASM 3: this is {result}",
        """In OpenQASM 3 the quotient of two whole numbers is truncated to a whole number, so `1/2` is 0 and `rx(1/2)`
does nothing. In OpenQASM 2 it is a half. ionqdsl follows the language, but the author rarely intends that.""",
        helps=("for the real quotient write a decimal point: `{fix}`",),
        severity="warning",
    ),
    Code(
        "QC1115",
        "`{operator}` has no meaning here: one of the values is an angle",
        """Values of type `angle` can be added and subtracted, and multiplied and divided by whole numbers, all modulo a
full turn. For anything else convert them first.""",
        helps=("convert it: `float(a)`",),
    ),
    Code(
        "QC1116",
        "arithmetic on the angle `{names}` needs its value: angles wrap at a full turn",
        """Values of type `angle` are kept between 0 and a full turn, so twice an angle is either twice the number or a
full turn less, and the rotations by these two differ in sign. Only a known value decides which of them it is. As
`float` the same input is an ordinary number, and any formula of it can stay open. Plain use, and division by a whole
number, are fine.""",
        helps=("declare it as `input float`, or give it a value",),
    ),
    Code(
        "QC1117",
        "{value} is not a value of type {type}",
        """The bits of a sized type limit its values. A machine would wrap the number around or round it; ionqdsl
refuses it, because that is rarely intended.""",
        helps=("use more bits, or another value",),
    ),
    Code(
        "QC1118",
        "there is no function `{name}`",
        """OpenQASM 3 has arccos, arcsin, arctan, ceiling, cos, exp, floor, log, mod, popcount, pow, sin, sqrt and tan;
OpenQASM 2 has sin, cos, tan, exp, ln and sqrt. ionqdsl also reads the subroutines of a program, if they have no
result.""",
        helps=("write the value in place of the call",),
    ),
    Code(
        "QC1119",
        "`{name}` takes {wants:value}, but {given:were} given",
        """The gate, the modifier or the function takes a different number of values in parentheses.""",
        helps=("give {wants:value}",),
    ),
    Code(
        "QC1120",
        "there is no gate `{gate}` here",
        """Without an include OpenQASM has only `U` (and `CX` in OpenQASM 2) and the gates defined earlier in the text.
qelib1.inc (OpenQASM 2) and stdgates.inc (OpenQASM 3) define the usual gates. Both are built in, so you need no
file. A program that includes nothing and has a gate or a pragma of Amazon Braket's knows all of Braket's gates.""",
        helps=('include its library: `include "{include}";`', "did you mean `{suggestion}`?"),
        otherwise="define it: `gate {gate} a {{ }}`",
    ),
    Code(
        "QC1196",
        "angles of `{gate}` are read in radians, as Amazon Braket writes them",
        """A program that includes nothing and has a gate of Amazon Braket's is read as one of Braket's, where angles of
`gpi`, `gpi2` and `ms` are in radians. IonQ's own clients write them in turns.""",
        helps=('if they are in turns, include the library of the other gates: `include "stdgates.inc";`',),
        severity="note",
    ),
    Code(
        "QC1197",
        "`gphase` is left out: OpenQASM 2 does not have it",
        """PennyLane writes it into OpenQASM 2 for its `GlobalPhase`, with the other sign than OpenQASM 3 gives it. A
phase of the whole circuit changes no outcome. In the body of a gate it is refused: it would count under a control.""",
        helps=("nothing is to be done; `OPENQASM 3.0;` with `gphase(angle);` keeps the phase",),
        severity="note",
    ),
    Code(
        "QC1121",
        "`{name}` is renamed to `{instead}`",
        """Names in `.qc` text consist of the letters a to z, digits and `_`, and cannot be words of the language.
Results and parameters have the new name.""",
        helps=("to keep one name everywhere, choose another one in the program",),
        severity="note",
    ),
    Code(
        "QC1122",
        "no measurement writes to `{name}`, so the results leave it out",
        """Every register of a result reads measured qubits. Bits without a measurement would always be 0.""",
        helps=("measure into it: `measure q -> {name};`",),
        severity="note",
    ),
    Code(
        "QC1124",
        "the program has no qubits",
        """A circuit acts on qubits; without any there is nothing to run or measure.""",
        helps=("declare some: `qubit[2] q;`",),
    ),
    Code(
        "QC1125",
        "`{name}` is opaque: the program does not define it",
        """An opaque gate is one that only a particular machine knows. Without a definition it cannot become part of a
circuit. Declaring one without applying it is fine.""",
        labels={"declared": "declared here"},
        helps=("define it: `gate {name} a {{ }}`",),
    ),
    Code(
        "QC1126",
        "`{what}` belongs to the outermost level of the program",
        """Qubits, inputs, gates and included files are declared once, outside all blocks, loops and gates.""",
        helps=("move it to the outermost level",),
    ),
    Code(
        "QC1127",
        "`{name}` cannot be used both as measured bits and as a number",
        """Bits either receive measurements or are evaluated while the text is read. A result has measured bits
only.""",
        helps=("give the measured bits and the number different names",),
    ),
    Code(
        "QC1128",
        "`{name}` is constant",
        """Constants, inputs, loop variables and parameters of gates keep their values.""",
        helps=("assign to a variable of your own: `float x = {name};`, then `x = ...;`",),
    ),
    Code(
        "QC1129",
        "the input `{name}` shapes the circuit: it needs a value",
        """Inputs of type float and angle may stay open, as parameters. Inputs of other types decide how often loops run
or which gates there are, so their values must be known.""",
        helps=("give it one: `--set {name}=4`",),
    ),
    Code(
        "QC1130",
        "`{text}` is ignored",
        """Pragmas and annotations are notes to particular compilers and simulators. By OpenQASM's rules other tools
ignore them, and the circuit is the same without them.""",
        otherwise="nothing needs to be done",
        severity="note",
    ),
    Code(
        "QC1131",
        "the program defines `{name}` itself: that gate is used, not the library's",
        """The text includes a library that has a gate of this name. The program's own definition is used; if both do
the same, nothing changes.""",
        helps=("choose another name if that is not intended",),
        severity="warning",
    ),
    Code(
        "QC1132",
        "the statement measures {qubits:qubit} into {bits:bit}",
        """Every qubit needs a bit of its own, in the same order.""",
        helps=("measure into as many bits as qubits, such as a slice `c[0:1]`",),
    ),
    Code(
        "QC1188",
        "a bit of `{name}` is measured into twice",
        """The second outcome would replace the first one, which would then be lost.""",
        helps=("measure into another bit",),
    ),
    Code(
        "QC1189",
        "`{name}` would change in some shots only",
        """An `if` on measured bits is taken in some shots and not in others. A classical variable has one value, which
ionqdsl computes while it reads the text. A branch may change only variables that it has declared itself.""",
        helps=("write the gates that depend on the variable into the branches",),
    ),
    Code(
        "QC1134",
        "`{gate}` is a gate: its body may only contain gates on its operands",
        """A gate can be inverted and controlled. Its body therefore cannot contain measurements, declarations of
qubits, or single elements of registers.""",
        helps=("write this outside the gate",),
    ),
    Code(
        "QC1135",
        "the number of operands of `{gate}` must be {wants}, not {given}",
        """Each operand is a qubit or a register. The controls that a modifier adds come first. A gate acts on registers
of equal length qubit by qubit, and on a single qubit next to them each time.""",
        helps=("give {wants:operand}, with commas between them",),
    ),
    Code(
        "QC1136",
        "`{qubit}` cannot be used here",
        """`$0`, `$1` and so on are physical qubits of the machine. A program that declares no qubits may use them as
the qubits of its circuit, up to about ten thousand; next to declared qubits their numbering would be ambiguous.""",
        helps=("use a declared qubit, such as `q[0]`",),
    ),
    Code(
        "QC1137",
        "this slice is empty",
        """Ranges include both ends and ascend unless their step is negative: `q[0:3]`, `q[3:-1:0]`.""",
        helps=("swap the ends, or use a negative step",),
    ),
    Code(
        "QC1138",
        "`{name}` is renamed to `{instead}` in OpenQASM {version}",
        """OpenQASM has its own keywords, and its gates, qubits, bits and numbers share one set of names, so the name of
a register or parameter may be taken there. Results and inputs have the new name.""",
        helps=("to keep one name everywhere, choose another one in the program",),
        severity="warning",
    ),
    Code(
        "QC1139",
        "OpenQASM 2 has no parameters, and these have no value: {names}",
        """Angles in OpenQASM 2 are numbers. OpenQASM 3 has inputs.""",
        helps=("give a value, `--set {first}=0.3`, or write OpenQASM 3: `--to qasm3`",),
    ),
    Code(
        "QC1140",
        "OpenQASM {version} cannot express {what}",
        """ionqdsl writes all of a program in another format or nothing: a part of it would be another program.""",
        helps=("write it as `.qc`: `--to qc`",),
        cases={
            "what": {
                "expression": "the expression `{expression}`",
                "nop": "`nop`, which makes all ions wait",
                "condition": "a gate that depends on single bits",
            }
        },
    ),
    Code(
        "QC1141",
        "OpenQASM {version} has no verbatim blocks: they are written between barriers",
        """Barriers keep other gates out of the block, but another compiler may rewrite the gates inside. That changes
the pulses and not the outcomes.""",
        otherwise="if the pulses matter, send the `.qc` program itself",
        severity="warning",
    ),
    Code(
        "QC1142",
        "{what} cannot be written as {format}, which holds one circuit",
        """An OpenQASM file, or a circuit of another library, is one circuit. A program may run several circuits, an
energy or another function.""",
        helps=("keep one circuit in the program, such as `run bell`, and convert once for each",),
    ),
    Code(
        "QC1143",
        "the job's settings are not written, because {format} has none: {settings}",
        """All gates, registers and parameters are written. Give the backend, shots, noise and other settings again
where you run the program.""",
        otherwise="nothing needs to be done",
        severity="note",
    ),
    Code(
        "QC1144",
        "{what} cannot be converted",
        """Circuits are converted between libraries gate by gate, exactly. Gates and other things that the other library
does not have would be lost, so the circuit is refused.""",
        helps=("rewrite it with other gates first",),
        cases={
            "what": {
                "gate": "`{gate}`",
                "control": "a controlled `{gate}`",
                "sum of values": "a control by a sum of values",
                "more qubits": "`{gate}`, which needs more qubits,",
                "no definition": "`{gate}`, which has no definition,",
                "lost values": "`{gate}`, whose parameters got values after it got controls,",
                "power": "the power {exponent:g} of this gate",
                "wait": "`{gate}`, a wait,",
                "nop": "`nop`, which makes all ions wait,",
                "levels": "`{qubit}`, which has {levels} levels,",
                "loose bit": "a classical bit outside all registers",
                "shared bit": "a bit of both `{first}` and `{second}` that is measured before the end",
                "box": "`{gate}` with a duration or annotations",
                "empty slot": "an empty slot at the end of the register `{register}`",
                "open phase": "a global phase without a value",
                "function": "the function `{name}` of the expression `{expression}`",
            }
        },
    ),
    Code(
        "QC1145",
        "`{gate}` contains `{inner}`, which cannot stand in a gate",
        """A gate can be inverted, repeated and controlled; a measurement, a reset or a wait cannot. An instruction of
qiskit that is not a gate may contain everything that a circuit may, and so may an operation of cirq that measures.""",
        helps=("make an instruction of it with `circuit.to_instruction()`, not a gate",),
    ),
    Code(
        "QC1149",
        "`{construct}` needs a computer that decides while the circuit runs",
        """A circuit has one list of gates, and an `if` on outcomes chooses the gates that act on a shot. With a loop
until an outcome, a jump out of a loop or a variable that changes, the list could have any length.""",
        helps=("write the rounds out, with an `if` on the outcomes of each",),
    ),
    Code(
        "QC1190",
        "nothing measures `{key}` before the condition on it",
        """A condition looks at outcomes of earlier measurements. In a circuit of cirq the measurement is in an earlier
moment.""",
        helps=("add a measurement with the key `{key}` before the condition",),
    ),
    Code(
        "QC1191",
        "the condition `{condition}` cannot be decided from outcomes",
        """A condition is evaluated for each combination of the outcomes that it looks at, exactly: bits, registers as
whole numbers, comparison, logic, and arithmetic that stays within the width of its numbers. Variables, durations and
floating-point numbers are not outcomes.""",
        helps=("compare bits or registers with numbers",),
    ),
    Code(
        "QC1192",
        "the measurement `{key}` has a confusion map",
        """A confusion map simulates readout errors. A program contains no errors; the machine, or a model of its noise,
adds them.""",
        helps=("leave the map out, and give the local machine a characterization with readout errors",),
    ),
    Code(
        "QC1193",
        "`{key}` in the job's metadata does not fit its text, and is left out",
        """A job with measurements in the middle is a text of OpenQASM 3. If its registers have other names or other
places than those of the program it was made from, ionqdsl notes the difference in the metadata of the job.""",
        helps=("change the registers in the converted program",),
        severity="note",
    ),
    Code(
        "QC1146",
        "`{name}` is not installed",
        """ionqdsl uses other libraries to read and write their circuits. These are extras, so that only users who need
them have to install them.""",
        helps=("install it: `pip install 'ionqdsl[{extra}]'`",),
    ),
    Code(
        "QC1147",
        "`{name}` can change, and the body of a gate may use constants only",
        """A gate means the same wherever it is called. Its body may use its parameters, its operands, and names that
the program declares with `const` or `input`.""",
        helps=("make it a parameter of the gate, or a constant",),
    ),
    Code(
        "QC1148",
        "{first} cannot be compared with {second}",
        """`ionqdsl.equivalent` compares two circuits, or two programs. A program has a job and perhaps an energy, so it
is not comparable with a circuit.""",
        helps=("use one of the program's circuits: `program.runs[0]`",),
    ),
    Code(
        "QC1170",
        "{what} called `{name}` cannot be written in a program",
        """Names in a program consist of letters, digits and `_` and do not begin with a digit, and a register's name is
not a keyword. JSON has no such rule, and a changed name would make another job.""",
        helps=("give it another name in the JSON",),
    ),
    Code(
        "QC1171",
        "a list that holds an object with {keys} cannot be written in a program",
        """In a program, blocks can only be inside blocks; a list contains numbers, strings, truth values and lists.
JSON allows objects in lists, too.""",
        helps=("send the JSON as it is, or give each object its own key",),
    ),
)
