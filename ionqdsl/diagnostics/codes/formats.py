"""Diagnostics: other formats, read and written."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_STATIC = """A circuit for IonQ is a fixed list of gates and then one measurement of all qubits. OpenQASM can say
more: programs that measure on the way, wait, and decide what to do next. """

FORMATS: tuple[Code, ...] = (
    Code(
        "QC1101",
        "this is not OpenQASM: {found} does not fit here",
        """The text follows neither OpenQASM 2 nor OpenQASM 3 at this place. What comes before it was fine, so the fault
is here or just before: a missing `;`, a bracket that is not closed, a word that is not spelled as the language spells
it. Only the first such place is reported.""",
        helps=("`{keyword}` is a word of the language and cannot be a name",),
        otherwise="look for a missing `;` or bracket before it",
    ),
    Code(
        "QC1102",
        "OpenQASM {version} cannot be read here",
        """OpenQASM 2 and OpenQASM 3 are read. A file that another includes must be of the same version, because the two
differ in what equal texts mean: `1/2` is a half in one and 0 in the other.""",
        helps=("write the version it is written in: `OPENQASM 3.0;`",),
    ),
    Code(
        "QC1103",
        "nested too deeply (limit: {limit})",
        """Brackets in brackets, blocks in blocks, files in files: a bound on their depth makes sure that every text is
read, or refused, in bounded time and memory.""",
        helps=("take the innermost part out, as a constant, a gate or a loop",),
    ),
    Code(
        "QC1104",
        "`{word}` is OpenQASM 3, but the text says it is OpenQASM 2",
        """The two versions share most of their words, and mean different things by some of them, so a text is read as
the version it names in its first line.""",
        helps=("if it is OpenQASM 3, begin it with `OPENQASM 3.0;`",),
    ),
    Code(
        "QC1105",
        "`{word}` cannot be part of a circuit: it stands for {what}",
        _STATIC
        + """Subroutines, timing, pulse calibrations, loops that wait for a measurement and arrays are read by nothing
here, and leaving them out would leave another program.""",
        helps=("write the part that is a circuit without it",),
    ),
    Code(
        "QC1106",
        "this number is too large to be read (limit: {limit} digits, or as an exponent)",
        """Numbers are kept exactly. A bound on their size keeps a short text from asking for endless arithmetic.""",
        helps=("write it with fewer digits",),
    ),
    Code(
        "QC1107",
        "`{name}` is measured: what it holds is not known before the circuit has run",
        _STATIC
        + """Conditions, arithmetic and assignments on measured bits need a machine that decides while it runs. Where
only the statistics matter, the decision can often be made afterwards, from the results, or the classical control
replaced by a gate with a control before the measurement.""",
        helps=("put a gate with a control before the measurement in its place: `ctrl @ x q[0], q[1];`",),
    ),
    Code(
        "QC1108",
        "this qubit has been measured already: only a measurement at the end can be read",
        _STATIC
        + """A gate on a qubit that has been measured is a measurement in the middle. Gates on other qubits may follow a
measurement, since their order makes no difference.""",
        labels={"measured": "measured here"},
        helps=("move the measurement behind the last gate of its qubit",),
    ),
    Code(
        "QC1109",
        "{index} is out of range: there are {size}",
        """Indices run from 0. In OpenQASM 3 those below 0 count from the end, and ranges include both ends: `q[0:3]`
are four qubits.""",
        helps=("take an index below {size}",),
    ),
    Code(
        "QC1110",
        "only {wanted} can stand here, not {found}",
        """The value is of a kind that has no meaning at this place. OpenQASM's own types count here: whole numbers
(int, uint), real numbers (float), angles, truths (bool) and bits.""",
        helps=("give {wanted}",),
    ),
    Code(
        "QC1111",
        "there is nothing called `{name}` here",
        """Names are declared before they are used, and are known inside the block they are declared in.""",
        helps=("declare it first",),
    ),
    Code(
        "QC1112",
        "`{name}` has no value yet",
        """Classical variables are worked out while the text is read, so they need a value by then.""",
        helps=("give it a value where it is declared",),
    ),
    Code(
        "QC1113",
        "this needs a number that is known now, but it depends on `{names}`",
        """Inputs stay open while a circuit is compiled, and angles made of them are carried along as formulas. How
often a loop runs, which branch is taken, which qubit a gate acts on and powers of gates have to be settled before.""",
        helps=("give it a value: `--set {names}=0.3`", "or make it a constant: `const float {names} = 0.3;`"),
    ),
    Code(
        "QC1114",
        "whole numbers divide to a whole number in OpenQASM 3: this is {result}",
        """In OpenQASM 3 the quotient of two whole numbers is cut to a whole number, so `1/2` is 0 and `rx(1/2)` does
nothing; in OpenQASM 2 it is a half. The text is read as the language says, but few people mean it.""",
        helps=("for the real quotient write one of them with a point: `{fix}`",),
        severity="warning",
    ),
    Code(
        "QC1115",
        "`{operator}` has no meaning between these: one is an angle",
        """Values of type `angle` add and subtract, and whole numbers multiply and divide them; all of it modulo a full
turn. For anything else convert first.""",
        helps=("convert it: `float(a)`",),
    ),
    Code(
        "QC1116",
        "arithmetic on the open angle `{names}` cannot be carried along: angles wrap at a full turn",
        """Values of type `angle` are kept between 0 and a full turn, so twice an angle is either twice the number or a
full turn less, and a rotation by the one is minus a rotation by the other. Which it is can be said only for a known
value. As `float` the same input is an ordinary number and any formula of it can stay open. Plain use, and division by a
whole number, are fine.""",
        helps=("declare it as `input float`, or give it a value",),
    ),
    Code(
        "QC1117",
        "{value} is no value of type {type}",
        """A sized type holds what its bits can say. A machine would wrap the number around or round it; here it is
refused, since few programs mean that.""",
        helps=("take more bits, or another value",),
    ),
    Code(
        "QC1118",
        "there is no function `{name}`",
        """OpenQASM 3 has arccos, arcsin, arctan, ceiling, cos, exp, floor, log, mod, popcount, pow, sin, sqrt and tan;
OpenQASM 2 has sin, cos, tan, exp, ln and sqrt. Functions that a program defines itself are subroutines.""",
        helps=("write the value out",),
    ),
    Code(
        "QC1119",
        "`{name}` takes {wants} values, but {given} were given",
        """The number of values in the parentheses is not what the gate, the modifier or the function takes.""",
        helps=("give {wants}",),
    ),
    Code(
        "QC1120",
        "there is no gate `{gate}` here",
        """Without an include OpenQASM knows only `U` (and `CX` in OpenQASM 2) and what the text defines before the
place. qelib1.inc (OpenQASM 2) and stdgates.inc (OpenQASM 3) bring the usual names; they are built in, no file is
needed.""",
        helps=('include its library: `include "{include}";`', "did you mean `{suggestion}`?"),
        otherwise="define it: `gate {gate} a {{ }}`",
    ),
    Code(
        "QC1121",
        "`{name}` is called `{instead}` from here on",
        """Names in `.qc` text are of the letters a to z, digits and `_`, and its own words are taken. Results and
parameters go by the new name.""",
        helps=("choose another name to keep it",),
        severity="note",
    ),
    Code(
        "QC1122",
        "nothing is measured into `{name}`: it is left out",
        """Every register of a result names measured qubits. Bits that nothing writes would always be 0.""",
        helps=("measure into it: `measure q -> {name};`",),
        severity="note",
    ),
    Code(
        "QC1123",
        "a qubit is measured into `{name}` twice",
        """The bits of one register are of different qubits. A qubit may be measured into two registers.""",
        helps=("measure it once",),
    ),
    Code(
        "QC1124",
        "the program has no qubits",
        """A circuit acts on qubits; without any nothing is left to run or to measure.""",
        helps=("declare some: `qubit[2] q;`",),
    ),
    Code(
        "QC1125",
        "`{name}` is opaque: what it does is not said",
        """An opaque gate is one that a particular machine knows. Without a definition there is no circuit to make of
it. One that is declared and never applied does no harm.""",
        labels={"declared": "declared here"},
        helps=("define it: `gate {name} a {{ }}`",),
    ),
    Code(
        "QC1126",
        "`{what}` belongs to the outermost level of the program",
        """Qubits, inputs, gates and included files are declared once, outside all blocks, loops and gates.""",
        helps=("move it out",),
    ),
    Code(
        "QC1127",
        "`{name}` cannot be used both as measured bits and as a number",
        """Bits are either measured into or worked with while the text is read. A result holds what was measured and
nothing else.""",
        helps=("take another name for one of the two",),
    ),
    Code(
        "QC1128",
        "`{name}` is constant",
        """Constants, inputs, loop variables and parameters of gates keep the value they begin with.""",
        helps=("declare it without `const`",),
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
        """Pragmas and annotations are notes to particular compilers and simulators. By OpenQASM's rules whoever does
not know one leaves it alone, and the circuit is the same without it.""",
        otherwise="nothing has to be done",
        severity="note",
    ),
    Code(
        "QC1131",
        "the program defines `{name}` itself: its own gate counts, not the library's",
        """The text includes a library that has a gate of this name. What the program writes is what it means, as long
as both do the same nothing changes.""",
        helps=("choose another name if that was not meant",),
        severity="warning",
    ),
    Code(
        "QC1132",
        "{qubits} qubits are measured into {bits} bits",
        """Every qubit needs a bit of its own, in the same order.""",
        helps=("take as many bits as qubits",),
    ),
    Code(
        "QC1133",
        "a qubit is reset after it was used",
        _STATIC
        + """Every qubit begins in |0>, so a reset at the beginning changes nothing and is read as nothing. Later it
would need a measurement on the way.""",
        helps=("take a fresh qubit",),
    ),
    Code(
        "QC1134",
        "`{gate}` is a gate: its body holds gates on its own operands only",
        """A gate is something that can be inverted and controlled. Measurements, declarations of qubits and single
elements of registers have no place in it.""",
        helps=("write this outside the gate",),
    ),
    Code(
        "QC1135",
        "qubits that `{gate}` acts on: {wants}; operands given: {given}",
        """Each operand is a qubit or a register; controls that a modifier adds come first. Registers of equal length go
together, qubit by qubit, and a single qubit beside them repeats.""",
        helps=("give {wants}",),
    ),
    Code(
        "QC1136",
        "{qubit} cannot be used here",
        """`$0`, `$1` and so on are the machine's own qubits. They are read as the qubits of the circuit in a program
that declares none, up to some ten thousand; beside declared qubits nobody could say which is which.""",
        helps=("declare qubits and use these",),
    ),
    Code(
        "QC1137",
        "this slice is empty",
        """Ranges include both ends and go upwards unless they have a negative step: `q[0:3]`, `q[3:-1:0]`.""",
        helps=("swap the ends, or write a step below 0",),
    ),
    Code(
        "QC1138",
        "`{name}` is called `{instead}` in OpenQASM {version}",
        """OpenQASM has its own words and keeps gates, qubits, bits and numbers in one list of names, so a name of a
register or a parameter may be taken there. Results and inputs go by the new name.""",
        helps=("choose another name to keep it",),
        severity="warning",
    ),
    Code(
        "QC1139",
        "OpenQASM 2 has no parameters, but {names} has no value",
        """A program in OpenQASM 2 is a circuit of numbers. OpenQASM 3 has inputs.""",
        helps=("write OpenQASM 3: `--to qasm3`", "give a value: `--set {first}=0.3`"),
    ),
    Code(
        "QC1140",
        "OpenQASM {version} cannot say {what}",
        """What a format cannot say is not left out: the result would be another program.""",
        helps=("write it as `.qc`: `--to qc`",),
    ),
    Code(
        "QC1141",
        "OpenQASM {version} has no verbatim blocks: they stand between barriers",
        """Barriers keep other gates out of the block. Nothing keeps another compiler from rewriting what is between
them.""",
        otherwise="nothing has to be done, unless the pulses themselves are the point",
        severity="warning",
    ),
    Code(
        "QC1142",
        "{what} cannot be written as {format}: it holds one circuit",
        """A file of OpenQASM, and a circuit of another library, is one circuit. Programs that run several, energies and
other functions are more.""",
        helps=("write one circuit at a time",),
    ),
    Code(
        "QC1143",
        "settings of the job are not written: {format} has none ({settings})",
        """The gates, registers and parameters are all there. Backend, shots, noise and the like are given anew where
the program is run.""",
        otherwise="nothing has to be done",
        severity="note",
    ),
    Code(
        "QC1144",
        "{what} cannot be carried over",
        """Circuits go between libraries gate by gate, exactly. A gate that the other side neither has nor defines, and
what it has no word for, would be lost on the way, so the circuit is refused.""",
        helps=("write it with other gates first",),
        cases={
            "what": {
                "gate": "`{gate}`",
                "control": "`{gate}` under a control",
                "sum of values": "a control by a sum of values",
                "more qubits": "`{gate}`, which needs more qubits,",
                "no definition": "`{gate}`, which has no definition,",
                "lost values": "`{gate}`, whose parameters got values after it got controls,",
                "power": "the power {exponent:g} of this gate",
                "wait": "`{gate}`, a wait,",
                "nop": "`nop`, a wait of all ions,",
                "levels": "`{qubit}`, which has {levels} levels,",
                "loose bit": "a classical bit outside of all registers",
                "measurement": "the measurement `{key}`",
                "empty slot": "an empty slot of the register `{register}`",
                "open phase": "a global phase without a value",
                "function": "the function `{name}` of the expression `{expression}`",
            }
        },
    ),
    Code(
        "QC1145",
        "{what}: only a measurement at the end can be read",
        _STATIC + """The order of gates on other qubits makes no difference.""",
        helps=("measure at the end, and decide afterwards from the results",),
        cases={
            "what": {
                "condition": "`{gate}` depends on a measured bit",
                "measured": "`{gate}` acts on a qubit that has been measured",
                "inside": "`{gate}` holds `{inner}`",
                "reset": "a qubit is reset after it was used",
            }
        },
    ),
    Code(
        "QC1146",
        "`{name}` is not installed",
        """Circuits of other libraries are read and written with these libraries. They are extras, so that nobody has to
install them who does not use them.""",
        helps=("install it: `pip install 'ionqdsl[{extra}]'`",),
    ),
    Code(
        "QC1147",
        "`{name}` can change, and the body of a gate sees constants only",
        """A gate means the same wherever it is called. Its body knows its parameters, its operands, and what the
program declares as `const` or `input`.""",
        helps=("make it a parameter of the gate, or a constant",),
    ),
    Code(
        "QC1148",
        "{first} cannot be compared with {second}",
        """`ionqdsl.equivalent` compares two circuits, or two programs. A program is more than its circuits: it has a
job, and perhaps an energy.""",
        helps=("compare with one of the program's circuits: `program.runs[0]`",),
    ),
    Code(
        "QC1170",
        "{what} called `{name}` cannot be written in a program",
        """Names in a program are of letters, digits and `_`, do not begin with a digit, and those of registers are no
keywords. JSON knows no such rule, and another name would make another job.""",
        helps=("give it another name in the JSON",),
    ),
    Code(
        "QC1171",
        "a list that holds an object with {keys} cannot be written in a program",
        """Blocks of a program stand inside blocks; its lists hold numbers, strings, truths and lists. JSON puts objects
into lists, too.""",
        helps=("send the JSON as it is, or give each object a key of its own",),
    ),
)
