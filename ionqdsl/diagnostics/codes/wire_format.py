"""Diagnostics about payloads that cannot be written, or that the service is known to refuse."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_BELL = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"
_JOB = 'job { backend = "simulator" }\n'


def _notes(count: int) -> str:
    """A job with `count` metadata keys, for examples."""
    notes = "; ".join(f'key{number} = "value"' for number in range(count))
    return f'job {{ backend = "simulator"; metadata {{ {notes} }} }}\n'


WIRE_FORMAT: tuple[Code, ...] = (
    # --- the job's settings ------------------------------------------------------------------------------------------
    Code(
        "QC0701",
        "no backend is named, so the payload says `simulator`",
        """A payload must name a backend. If neither the file nor a flag names one, the payload names the ideal
simulator, which costs nothing. `submit` never guesses: it requires a backend.""",
        helps=('name it with `job {{ backend = "simulator" }}` or `--backend simulator`',),
        example=_BELL,
        fixed='job { backend = "simulator" }\n' + _BELL,
        severity="note",
    ),
    Code(
        "QC0702",
        "`{name}` is not a backend that this version knows",
        """The service's list of machines changes, so an unknown name is not an error. But its qubits, native gates and
shot limit cannot be checked here, and the service refuses the job if the name is misspelt.""",
        label="unknown backend",
        helps=("did you mean `{suggestion}`?", "`ionqdsl backends` lists the machines of today"),
        example='job { backend = "qpu.fort-1" }\n' + _BELL,
        fixed='job { backend = "qpu.forte-1" }\n' + _BELL,
        severity="warning",
    ),
    Code(
        "QC0703",
        "`{name}` has been retired",
        """The machine no longer takes jobs. The simulator still has its noise model, and `--target` can still compile
to its native gates.""",
        label="no longer in service",
        helps=("`{replacement}` takes jobs today", 'use its noise on the simulator: `noise {{ model = "{model}" }}`'),
        example='job { backend = "qpu.aria-1" }\n' + _BELL,
        fixed='job { backend = "qpu.forte-1" }\n' + _BELL,
        severity="warning",
    ),
    Code(
        "QC0704",
        "`{key}` must be {wanted}, not {given}",
        """Every setting is sent under its own name and with the type that the API specifies: shots are an integer,
`precision` is a string that looks like a number, metadata values are strings. Nothing is converted silently, because
`1` and `"1"` may mean different things to a program that reads them later.""",
        label="{wanted} is needed here",
        helps=('write it in quotes: "{quoted}"',),
        otherwise="give {wanted}",
    ),
    Code(
        "QC0705",
        "{shots} shots: {where} takes 1 to {most}",
        """`shots` is how often each circuit runs. The API takes up to a million. Several jobs, or one job with the same
circuit twice under two names, give more samples.""",
        label="1 to {most}",
        helps=("set `shots` to a number from 1 to {most}",),
        example='job { backend = "simulator"; shots = 2000000 }\n' + _BELL,
        fixed='job { backend = "simulator"; shots = 1000000 }\n' + _BELL,
    ),
    Code(
        "QC0706",
        "debiasing needs a QPU, and the backend is `{backend}`",
        """Debiasing runs several equivalent variants of your circuit on different ions, so that the systematic errors
of a machine average out. A simulator has no such errors, and the service does not document the effect of the setting
there.""",
        label="only on a QPU",
        helps=("leave it out, or name a backend such as `qpu.forte-1`",),
        example='job { backend = "simulator"; shots = 500; settings { error_mitigation { debiasing = true } } }\n'
        + _BELL,
        fixed='job { backend = "qpu.forte-1"; shots = 500; settings { error_mitigation { debiasing = true } } }\n'
        + _BELL,
        severity="warning",
    ),
    Code(
        "QC0707",
        "debiasing needs at least {least} shots, and the job has {shots}",
        """Debiasing divides the shots among the variants of a circuit, and the service refuses it for fewer than 500.
Without a `shots` setting a job has 100.""",
        label="needs {least} shots",
        helps=("set `shots = {least}` or more",),
        example='job { backend = "qpu.forte-1"; settings { error_mitigation { debiasing = true } } }\n' + _BELL,
        fixed='job { backend = "qpu.forte-1"; shots = 500; settings { error_mitigation { debiasing = true } } }\n'
        + _BELL,
    ),
    Code(
        "QC0708",
        "`noise` needs the simulator, and the backend is `{backend}`",
        "A noise model makes the simulator behave like a machine. A real machine has its own noise, and costs money.",
        label="only for the simulator",
        helps=('leave `noise` out, or write `backend = "simulator"`',),
        example='job { backend = "qpu.forte-1"; noise { model = "forte-1" } }\n' + _BELL,
        fixed='job { backend = "simulator"; noise { model = "forte-1" } }\n' + _BELL,
        severity="warning",
    ),
    Code(
        "QC0709",
        "`noise` has no `model`",
        "A seed alone is not enough: the API requires the model. `ideal`, the default, has no noise.",
        label="needs a model",
        helps=('name a model, such as `noise {{ model = "forte-1"; seed = 7 }}`',),
    ),
    Code(
        "QC0710",
        "there is no noise model `{name}`",
        """The help lists the documented models. The rates of `aria-1`, `aria-2` and `forte-1` are public, so the local
machine can simulate these; only the service knows the others.""",
        label="unknown noise model",
        helps=("did you mean `{suggestion}`?", "known: {known}"),
    ),
    Code(
        "QC0711",
        "the seed {seed} is not a 32-bit integer",
        "The API stores the noise seed as a signed 32-bit integer: -2147483648 to 2147483647.",
        label="-2147483648 to 2147483647",
        helps=("choose a seed from -2147483648 to 2147483647",),
        example='job { backend = "simulator"; noise { model = "aria-1"; seed = 3000000000 } }\n' + _BELL,
        fixed='job { backend = "simulator"; noise { model = "aria-1"; seed = 3000000 } }\n' + _BELL,
    ),
    Code(
        "QC0712",
        'this payload shows `env("{name}")` in place of the value',
        """A value from the environment is read only when the job is submitted, so that it is never written to a file. A
payload printed before that is complete except for these values.""",
        label="read when submitting",
        example='job { backend = "simulator"; session_id = env("SESSION") }\n' + _BELL,
        fixed=_JOB + _BELL,
        severity="note",
    ),
    Code(
        "QC0713",
        "the environment variable `{name}` has no value",
        """`env("NAME")` is replaced by the variable's value when the job is submitted. If the variable is missing or
empty, nothing is sent.""",
        label="not set",
        helps=("set it in the shell: `export {name}=...`",),
    ),
    # --- metadata ----------------------------------------------------------------------------------------------------
    Code(
        "QC0714",
        "{count} metadata keys: older documentation allows {most}",
        """Metadata are your own notes on a job. The documentation of an older API allows 10 keys, the tag of the
submission included; the current one names no limit. The service decides. One value can hold several notes.""",
        label="more than {most} keys",
        helps=("put several notes into one value",),
        example=_notes(11) + _BELL,
        fixed=_notes(10) + _BELL,
        severity="warning",
    ),
    Code(
        "QC0715",
        "the metadata key `{key}` is {length} characters long: older documentation allows {most}",
        """The documentation of an older API sets this limit, the current one names none: the service decides. Put long
notes into the value, which may have thousands of characters.""",
        label="more than {most} characters",
        helps=("shorten the key, and put the rest into the value",),
        example='job { backend = "simulator"; metadata { ' + "k" * 41 + ' = "v" } }\n' + _BELL,
        fixed='job { backend = "simulator"; metadata { ' + "k" * 40 + ' = "v" } }\n' + _BELL,
        severity="warning",
    ),
    Code(
        "QC0716",
        "the metadata value of `{key}` is {length} characters long: older documentation allows {most}",
        """The documentation of an older API sets this limit, the current one names none: the service decides. Large
notes can be kept elsewhere, with a reference here, such as an address or a digest.""",
        label="more than {most} characters",
        helps=("keep the note elsewhere, with an address or a digest here",),
        severity="warning",
    ),
    Code(
        "QC0717",
        "a job has no setting `{key}`",
        """The keys of a job are those of the API, nested in the same way: `noise.model`, `settings.compilation.opt`.
The service has no use for others.""",
        label="unknown setting",
        helps=("did you mean `{suggestion}`?",),
        otherwise="remove it, or move it to `metadata`, which takes any key",
    ),
    # --- circuits ----------------------------------------------------------------------------------------------------
    Code(
        "QC0720",
        "`{backend}` has no `{gate}` gate",
        """Each machine has one two-qubit gate of its own: Aria `ms`, Forte `zz`. A native payload runs as it is, so the
service refuses a gate that the machine lacks. Compiling for the machine replaces the gate by the machine's own
gates.""",
        label="not a gate of {backend}",
        helps=("compile for that machine: `--target {target}`",),
    ),
    Code(
        "QC0721",
        "`{circuit}` has {qubits} qubits: {where} has {most}",
        "Every declared qubit counts, even if no gate uses it, because all qubits are measured.",
        helps=("declare fewer qubits, or choose a larger machine",),
        example='job { backend = "qpu.forte-1" }\nqubit q[40]\nh q[0]\n',
        fixed='job { backend = "qpu.forte-1" }\nqubit q[36]\nh q[0]\n',
    ),
    Code(
        "QC0722",
        "`ms` turns by {angle} turns, outside the documented 0 to 0.25",
        """The service documents the angle of `ms` from 0 (nothing) to a quarter turn (maximally entangling). Any other
angle equals a smaller one between one-qubit gates; compiling for the machine writes it in this form.""",
        label="outside 0 to 0.25 turns",
        helps=("compile for the machine with `--target aria`, or keep the angle in that range",),
        example='job { backend = "simulator" }\ngateset native\nqubit q[2]\nms(0, 0, angle = 0.4) q[0], q[1]\n',
        fixed='job { backend = "simulator" }\ngateset native\nqubit q[2]\nms(0, 0, angle = 0.25) q[0], q[1]\n',
        severity="warning",
    ),
    Code(
        "QC0723",
        "`nop` cannot be sent: the payload profile `{wire}` has no field for its time",
        """The published schema lists `nop` among the native gates but has no field for the duration. IonQ's own clients
send it as `time`, in microseconds; the profile `v0.4-clients` does the same.""",
        label="waits for {time} microseconds",
        helps=("send it as IonQ's clients do, with `--wire v0.4-clients`", "leave the wait out"),
        example='job { backend = "simulator" }\ngateset native\nqubit q\ngpi2(0) q\nnop(10)\ngpi2(0.5) q\n',
        fixed='job { backend = "simulator" }\ngateset native\nqubit q\ngpi2(0) q\ngpi2(0.5) q\n',
    ),
    Code(
        "QC0724",
        "an argument of `{gate}` is not a finite number",
        """JSON can hold neither infinity nor not-a-number, and no machine takes an angle beyond the floating-point
range. Angles repeat after two turns; reduce the number before it grows this large.""",
        label="overflows",
        helps=("reduce the argument: angles repeat after two turns",),
    ),
    Code(
        "QC0725",
        "the parameter `{name}` has no value",
        """A circuit may keep parameters open while it is compiled, but a payload contains numbers only. Give each
parameter one value, or sweep over several; each value makes one circuit.""",
        label="needs a value",
        labels={"use": "used here"},
        helps=("set it: `--set {name}=0.1`", "sweep it: `--sweep '{name}=linspace(0, pi, 21)'`"),
        example="param theta\nqubit q\nrx(theta) q\n",
        fixed="param theta = 0.1\nqubit q\nrx(theta) q\n",
    ),
    Code(
        "QC0726",
        "`{circuit}` has no gates to send",
        """The service takes no empty circuits. A circuit with qubits and no gates is sent as two gates that cancel, but
this one has no qubit either.""",
        helps=("declare a qubit, and apply a gate to it",),
        example="gphase(pi)\n",
        fixed="qubit q\nh q\n",
    ),
    Code(
        "QC0727",
        "two circuits of the job are called `{name}`",
        "Results are matched to circuits by name, so each name in a job is used once.",
        helps=('give one of them another name: `run {name} as "..."`',),
    ),
    Code(
        "QC0728",
        "there is nothing to send",
        "A job needs a circuit, an energy or a function.",
        helps=("add gates, or a `run` of one of the circuits",),
    ),
    Code(
        "QC0729",
        "{count} circuits in one job: the service takes {most}",
        "Split the list over several jobs; a session keeps them together on the machine.",
        helps=("run fewer circuits at once; `ionqdsl submit` divides them among several jobs by itself",),
    ),
    Code(
        "QC0730",
        "{count} gates in one job: the service takes {most}",
        """The limit applies to all circuits of a job together. Split the circuits over several jobs, or compile at a
higher optimisation level to reduce the number of gates.""",
        helps=("run fewer circuits at once, or compile at a higher level, such as `-O3`",),
    ),
    Code(
        "QC0731",
        "the request is {size} bytes long: the service takes {most}",
        "The service refuses a larger request without reading it. Split the circuits over several jobs.",
        helps=("run fewer circuits at once",),
    ),
    Code(
        "QC0750",
        "elements of the parameter `{name}` have no value: {elements}{more}",
        """A circuit may keep parameters open while it is compiled, but a payload contains numbers only. Give every
element a value: a list for all of them, one number for all, or one each as in `--set 'th[0]=0.1'`.""",
        label="needs values",
        labels={"use": "used here"},
        helps=(
            "set them: `--set '{name}=[0.1, ...]'`",
            "sweep them, one list per circuit: `--sweep '{name}=[[0.1, ...], ...]'`",
        ),
        example="param th[2]\nqubit q\nrx(th[0]) q\nry(th[1]) q\n",
        fixed="param th[2] = [0.1, 0.2]\nqubit q\nrx(th[0]) q\nry(th[1]) q\n",
    ),
    Code(
        "QC0751",
        "`{circuit}` has {qubits} qubits: the payload says `simulator`, which takes {most}",
        """No backend is named, so the payload says `simulator`, although the circuit was compiled for a machine with
more qubits. You can inspect the payload, but the service would refuse it.""",
        helps=("name the machine it is meant for: `--backend qpu.forte-1`",),
        severity="warning",
    ),
    Code(
        "QC0756",
        "compiled from `.qc`, these abstract gates become native gates of `{backend}`",
        """A payload that is read keeps its gates. A `.qc` program that names a QPU is compiled for that machine, unless
another target is named.""",
        helps=("`ionqdsl compile --target qis` sends them as they are",),
        severity="note",
    ),
    Code(
        "QC0757",
        "{shots} shots: other clients allow {most} on {where}",
        """Other clients allow 10,000 shots on a QPU; the specification allows a million and names no lower limit. The
service decides, and every shot costs money.""",
        label="more than {most}",
        helps=("set `shots` to {most} or fewer",),
        example='job { backend = "qpu.forte-1"; shots = 20000 }\n' + _BELL,
        fixed='job { backend = "qpu.forte-1"; shots = 10000 }\n' + _BELL,
        severity="warning",
    ),
    Code(
        "QC0758",
        "the noise model `{name}` is not documented",
        """The name is sent as it is, and the service decides; the field takes any text. The help lists the documented
models.""",
        label="the service may know it",
        helps=("did you mean `{suggestion}`?", "known: {known}"),
        example='job { backend = "simulator"; noise { model = "aria" } }\n' + _BELL,
        fixed='job { backend = "simulator"; noise { model = "aria-1" } }\n' + _BELL,
        severity="warning",
    ),
    Code(
        "QC0760",
        "`{gate}` acts on qubits {first} and {second}, which the machine does not connect",
        """A characterization lists the pairs of qubits that a two-qubit gate may act on. Native circuits run as they
are, and no swaps are added to pulses that somebody wrote, so the machine would refuse a gate on another pair. If all
pairs or none are listed, every qubit is connected with every other.

At `-O1` and above, and if the circuit is written in abstract gates, the compiler inserts swaps itself.""",
        label="qubits {first} and {second} are not connected",
        helps=(
            "number the qubits so that gates act on neighbours: by {source}, qubit {first} is connected with {near}",
            "by {source}, qubit {alone} is connected with no other qubit",
            "`-O1` inserts swaps where they are needed",
        ),
    ),
    Code(
        "QC0761",
        "no noise is simulated: the characterization `{source}` does not say which machine it describes",
        """The local machine gives gates and outcomes the errors that a characterization has measured. Noise acts on
native gates, and these follow from the machine: from the `backend` of the record, or from its list of native gates.""",
        helps=("name the machine, such as `--target forte`, or a noise model, such as `--noise forte-1`",),
        severity="note",
    ),
    Code(
        "QC0762",
        "no swaps can bring qubits {first} and {second} together",
        """The machine does not connect every pair of qubits, so the compiler moves qubits next to each other by swaps.
It uses only the qubits that the circuit declares, because more qubits would lengthen every outcome. No path of
connected qubits leads from one of the two to the other.

Declare the qubits in between as well, even if no gate acts on them, or number the qubits so that those that interact
are connected. With `--target qis` the service chooses the places.""",
        label="no path leads from qubit {first} to qubit {second} over the circuit's {qubits} qubits",
        helps=(
            "declare {more:qubit} for the path between them, such as `qubit path[{more}]` after the others",
            "by {source}, other qubits are connected; `--target qis` leaves the placement to the service",
        ),
    ),
    Code(
        "QC0763",
        "verbatim `{gate}` acts on qubits {first} and {second}, which the machine does not connect",
        """Rows of a verbatim block are sent exactly as they are written, on the qubits they name. The compiler inserts
swaps only outside of such blocks, and none of them changes the qubits of a row inside.""",
        label="qubits {first} and {second} are not connected",
        helps=(
            "use a connected pair: by {source}, qubit {first} is connected with {near}",
            "by {source}, qubit {alone} is connected with no other qubit",
        ),
        otherwise="write the gate outside of the block, where the compiler may insert swaps",
    ),
    Code(
        "QC0764",
        "the payload profile `{wire}` has no setting `{key}`",
        """The specification of 1 October 2026 no longer lists the optimisation level, the precision and the gate basis
of the service's compiler among the settings of a new job; answers still show them. A setting that the service might
ignore is refused here, because the circuit would then be compiled in another way than the program says.

ionqdsl's own compiler has `-O` and `--approx`. The profile `v0.4` still sends the setting.""",
        label="not part of the specification of 1 October 2026",
        helps=("remove it, or send it with `--wire v0.4`",),
    ),
    Code(
        "QC0765",
        "`{target}` does not connect every pair of qubits, and nothing says which ones it connects",
        """The circuit is compiled as if a two-qubit gate could act on every pair. The service does not move native
gates to other qubits, so that a job with a gate on a pair that is not connected fails before it runs.

The characterization of the machine lists its pairs, and with it the compiler inserts swaps where they are needed.""",
        helps=(
            "compile with `--characterization qpu.{target}-1`, or with the file of a record",
            "leave the placement to the service with `--target qis`",
        ),
        severity="warning",
    ),
    # --- our own bugs ------------------------------------------------------------------------------------------------
    Code(
        "QC0790",
        "a gate remains that a payload cannot express: {what}",
        """This is a bug in the compiler, not in your program: a pass should have rewritten the gate. Please report it
with the program.""",
        helps=("report it, with the program and the options",),
    ),
)
