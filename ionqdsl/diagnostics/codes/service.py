"""Diagnostics: how the command is used, keys, the service and the network, jobs that end badly."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_STATUS_PAGE = "see https://status.ionq.co for known trouble"
_OPEN = (
    "the submission stays open as {tag}: the same `submit` again, or `ionqdsl jobs recover`, finishes that one",
    "`ionqdsl jobs cancel {tag}` gives it up",
)

USAGE: tuple[Code, ...] = (
    Code(
        "QC0801",
        "{reason}",
        """The command line could not be understood: a flag that does not exist, a missing argument, or a value of the
wrong kind. `ionqdsl VERB --help` lists what a verb takes. Nothing was read or written.""",
        helps=("did you mean `{suggestion}`?", "`{usage} --help` lists the flags"),
    ),
    Code(
        "QC0802",
        "there is no command `{verb}`",
        """The first word after `ionqdsl` names what to do: `check`, `compile`, `run` and so on. `ionqdsl --help` lists
them all. Files come after the verb: `ionqdsl check bell.qc`.""",
        helps=(
            "did you mean `{suggestion}`?",
            "to check a file, write `ionqdsl check {file}`",
            "`ionqdsl --help` lists the commands",
        ),
    ),
    Code(
        "QC0803",
        "`{topic}` is neither a code nor a gate",
        """`ionqdsl explain` takes the code of a message, such as `QC0203`, or the name of a gate, such as `cnot`. Gates
that are spelled alike in both gatesets (`zz`) are both shown.""",
        helps=("did you mean `{suggestion}`?",),
    ),
    Code(
        "QC0804",
        "`--{flag}` wants `{form}`, not `{text}`",
        """Flags that give names a value are written with an equals sign: `--set theta=0.3` binds a parameter to a
value, `--sweep 'theta=linspace(0, pi, 21)'` to a list of them. Quote what holds spaces, parentheses or a star, so that
the shell leaves it alone.""",
    ),
    Code(
        "QC0805",
        "cannot write `{path}`: {reason}",
        """The result could not be written. Outputs are written to a temporary file beside the destination, which then
takes its place in one step, so whatever stood there before is untouched.""",
    ),
    Code(
        "QC0806",
        "nothing says where to send the job",
        """Submitting needs a backend, because a simulator is free and a QPU is not. Name it in the file with `job {
backend = "simulator" }` or on the command line with `--backend simulator`. `compile` is less strict: it writes
"simulator" and says so.""",
        helps=("add `--backend simulator`, or `backend = ...` to the job block",),
    ),
    Code(
        "QC0807",
        "`{path}` exists already and was left alone",
        """`ionqdsl init` never overwrites a file. Choose another folder, or remove the file first.""",
        severity="warning",
    ),
    Code(
        "QC0808",
        "the local machine runs circuits, but this file asks for {what}",
        """Energies and other quantum functions are evaluated by the service, which repeats a circuit in several bases
and adds the results up. Submit the job with `ionqdsl submit`, or run the ansatz alone as a circuit.""",
        helps=("`ionqdsl submit {file} --backend simulator --wait` evaluates it on the service's simulator",),
    ),
    Code(
        "QC0809",
        "standard input holds the name `{name}`, not a program",
        """`echo bell.qc | ionqdsl check -` hands over the eight letters of the name, not the file. Give the name as an
argument, or pipe the contents with `cat`.""",
        helps=("write `ionqdsl {verb} {name}`",),
        severity="warning",
    ),
    Code(
        "QC0810",
        "`--exact` applies to the local machine only",
        """The program goes to the service, which gives exact probabilities for its ideal simulator and frequencies of
shots for a noise model or a QPU. Without a backend, or with `--backend local`, the local machine gives exact
probabilities for all of them.""",
        severity="warning",
    ),
    Code(
        "QC0811",
        "a noise model compiles to its own machine, so `--target {target}` cannot be kept",
        """A noise model says how often each native gate of one machine goes wrong. It can only act on that machine's
gates, so running with a model compiles to its machine first. Leave the target out, or the noise.""",
        helps=("leave out `--target`, or use `--target {needed}`",),
    ),
)

SETTINGS: tuple[Code, ...] = (
    Code(
        "QC0813",
        "the result would overwrite the program `{path}`",
        """The output named with `-o` is a file that is read. Nothing was written.""",
        helps=("choose another name for the output",),
    ),
    Code(
        "QC0812",
        "the settings file cannot be used: {reason}",
        """`ionqdsl.toml` (or `[tool.ionqdsl]` in pyproject.toml) holds defaults for flags, named like the flags. The
nearest one upwards from the current folder counts. `ionqdsl init` writes one that lists every setting.""",
        helps=("did you mean `{suggestion}`?",),
    ),
    Code(
        "QC0814",
        "standard input can be only one of the two programs",
        """`diff` and `equiv` read two programs. One of them may be `-`, standard input; the other has to be a file.""",
    ),
    Code(
        "QC0815",
        "`{first}` has {one} circuits and `{second}` has {other}, so they cannot be paired",
        """Two programs are compared circuit by circuit, in order. A sweep counts as many circuits as it has values:
bind the parameter with `--set`, or compare programs that run equally many.""",
    ),
)

KEYS: tuple[Code, ...] = (
    Code(
        "QC0820",
        "no API key",
        """Submitting needs the key of an IonQ account (https://cloud.ionq.com, settings, API keys). It is read from the
variable `IONQ_API_KEY`, from a file that only you can read, named by `--api-key-file` or `IONQ_API_KEY_FILE`, or from
where `ionqdsl auth login` keeps it. There is no flag for the key itself: command lines are visible to other users and
end up in the shell's history.""",
        helps=(
            "set IONQ_API_KEY, name a key file with --api-key-file, or keep a key with `ionqdsl auth login`",
            "{other} is set, but ionqdsl reads IONQ_API_KEY",
            "`ionqdsl run` needs no key: it uses the local machine",
        ),
    ),
    Code(
        "QC0821",
        "cannot read the key file `{path}`: {reason}",
        """The file named by `--api-key-file` or `IONQ_API_KEY_FILE` could not be read. It should hold the key on one
line and nothing else.""",
    ),
    Code(
        "QC0822",
        "other users can read the key file `{path}` (mode {mode})",
        """A key file must be readable by its owner only. Anyone who has the key can spend your budget. If others could
have read the file, make a new key.""",
        helps=("chmod 600 {path}",),
    ),
    Code(
        "QC0823",
        "the API key from {where} is not a key: {reason}",
        """Keys are one word of letters, digits and punctuation. Something else was found, often a line break, a
quotation mark or the whole line `IONQ_API_KEY=...` copied by accident. The value itself is never shown.""",
    ),
    Code(
        "QC0824",
        "the service does not accept this API key",
        """The service answered 401. The key was mistyped, revoked, or belongs to another service than the one at
`IONQ_API_URL`. Nothing was submitted.""",
        helps=("compare it with the keys at https://cloud.ionq.com", "the service says: {message}"),
    ),
    Code(
        "QC0825",
        "this API key may not do that",
        """The service answered 403: it knows the key but does not allow this, usually because the project has no access
to the backend or its budget is used up. Nothing was submitted.""",
        helps=("the service says: {message}", "ask the owner of the project, or use a backend the key may use"),
    ),
    Code(
        "QC0826",
        "the address of the service, `{url}`, {reason}",
        """`IONQ_API_URL` names the service, by default https://api.ionq.co/v0.4. Because the key travels with every
request, the address must use https; plain http is allowed to this computer only (127.0.0.1, ::1, localhost), for an
emulator.""",
    ),
)

REFUSALS: tuple[Code, ...] = (
    Code(
        "QC0830",
        "the service refused the job: {message}",
        """The service read the job and found it invalid (400). Nothing was submitted and nothing was spent. Where the
service names the fields it objects to, they are listed.""",
        helps=("it objects to {keys}", "request {request}, for a question to support@ionq.co"),
    ),
    Code(
        "QC0831",
        "the address of the service does not know `{url}` (404)",
        """The address answers but does not know what was asked for. For a submission that means `IONQ_API_URL` does not
lead to version 0.4 of the API; the usual value is https://api.ionq.co/v0.4.""",
        helps=(
            "the service says: {message}",
            "check IONQ_API_URL; the version belongs to it, as in https://api.ionq.co/v0.4",
        ),
    ),
    Code(
        "QC0832",
        "the service knows no job `{id}`",
        """The service answered 404: the id is mistyped, or the job was deleted, or it belongs to another project than
the key.""",
        helps=("the service says: {message}",),
    ),
    Code(
        "QC0833",
        "the service speaks of a conflict (409): {message}; whether the job was submitted is unknown",
        """The state of something the job refers to, most often its session, does not allow it; or something on the way
to the service answered. The documents of the service do not say what 409 means for a new job, so it is not taken for a
refusal: the job was looked for among the service's jobs for a while and not found. The submission stays open in the
ledger.""",
        helps=("if the job names a session, see with `ionqdsl session list` whether it has ended", *_OPEN),
    ),
    Code(
        "QC0834",
        "the job is too large for the service: {size} bytes were sent",
        """The service answered 413. A request may hold 10 MB. Nothing was submitted. Split the circuits over several
jobs.""",
    ),
    Code(
        "QC0835",
        "the service asks for fewer requests (429), and the job is not in its list so far",
        """The service limits how often it may be asked. It most likely turned the job away at the door, but an answer
of 429 has been seen after a job was taken, too: so the list of jobs is read for a minute before the job is sent once
more. A short wait is sat out a few times before this message comes up. The submission stays open in the ledger.""",
        helps=("wait {wait}", *_OPEN),
    ),
    Code(
        "QC0836",
        "the service failed ({status}); whether the job was submitted is unknown",
        """The service, or something between here and there, answered with a failure after the job had been sent. It may
or may not have been accepted, and the service has no way of recognising a second copy. The job carries a tag; it was
looked for among the service's jobs for a while and not found, which proves nothing yet. The submission stays open in
the ledger and is never sent again before the list of jobs has been read once more.""",
        helps=(*_OPEN, "the service says: {message}", _STATUS_PAGE),
    ),
    Code(
        "QC0837",
        "the job was accepted, but the answer does not say under which id",
        """The service answered that the job was created, and then something other than the announced JSON followed, or
nothing. The job should exist, but it was not found among the service's jobs in the first moments. The submission stays
open in the ledger until it is.""",
        helps=_OPEN,
    ),
    Code(
        "QC0838",
        "the service answered with a redirect to {location}, which is not followed",
        """A redirect could carry the key to another place. If the service has really moved, set `IONQ_API_URL` to the
new address.""",
    ),
    Code(
        "QC0839",
        "the service refused ({status}): {message}",
        """The service turned the request away with a status that ionqdsl has no special advice for.""",
        helps=("request {request}, for a question to support@ionq.co",),
    ),
    Code(
        "QC0845",
        "the service does not know the session `{session}` (404)",
        """The job names a session that the service does not know: its id is mistyped, or it belongs to another project
than the key. Nothing was submitted.""",
        helps=(
            "`ionqdsl session list` shows the sessions; `ionqdsl session start` starts one",
            "without a session, remove `session_id` from the job",
            "the service says: {message}",
        ),
    ),
    Code(
        "QC0846",
        "an answer {status} does not say whether the job was submitted",
        """Only answers that the service documents as refusals (400, 401, 403, 404, 413), in the form it documents, say
that nothing was submitted. Anything else may come from something between here and there after the service has taken the
job. It was looked for among the service's jobs for a while and not found, which proves nothing yet. The submission
stays open in the ledger and is never sent again before the list of jobs has been read once more.""",
        helps=(*_OPEN, "the answer says: {message}", "request {request}, for a question to support@ionq.co"),
    ),
    Code(
        "QC0847",
        "the service answered with a redirect to {location}; whether the job was submitted is unknown",
        """A redirect is not followed: it could carry the key, or the job a second time, to another place. Nor does it
say that the job was not taken. It was looked for among the service's jobs for a while and not found. The submission
stays open in the ledger. If the service has really moved, set `IONQ_API_URL` to the new address.""",
        helps=_OPEN,
    ),
)

NETWORK: tuple[Code, ...] = (
    Code(
        "QC0840",
        "cannot reach {host}: {reason}",
        """No connection came about, so nothing was sent and nothing was submitted. It is safe to try again. Behind a
proxy, set `HTTPS_PROXY`.""",
        helps=("check the network, and IONQ_API_URL if it is set", _STATUS_PAGE),
    ),
    Code(
        "QC0841",
        "the connection to {host} was lost after the job had been sent ({reason}); whether it was submitted is unknown",
        """The request went out, but no answer came back in time. The job may or may not have been accepted; it was
looked for among the service's jobs for a while and not found, which proves nothing yet. The submission stays open in
the ledger and is never sent again before the list of jobs has been read once more.""",
        helps=_OPEN,
    ),
    Code(
        "QC0842",
        "interrupted while the job was being sent; whether it was submitted is unknown",
        """The request had been started when the command was interrupted. The submission stays open in the ledger and is
never sent again before the service's list of jobs has been read.""",
        helps=_OPEN,
    ),
    Code(
        "QC0843",
        "the service could not be asked about {what}: {reason}",
        """Asking failed several times in a row, with growing pauses in between. Nothing is lost: a job goes on whether
or not anybody watches it.""",
        helps=("later, `{resume}` goes on from here", _STATUS_PAGE),
    ),
    Code(
        "QC0844",
        "the service's answer about {what} cannot be read: {reason}",
        """The answer is not what the API describes. The job itself is not affected.""",
        helps=("later, `{resume}` tries again",),
    ),
)

GUARDS: tuple[Code, ...] = (
    Code(
        "QC0850",
        "a job on `{backend}` costs money and nobody confirmed it",
        """Jobs on a QPU are asked about before they are sent. Without a terminal there is nobody to ask, so `--yes` has
to be given. A dry run (`--dry-run`) spends nothing and needs no confirmation.""",
        helps=("add `--yes`, or `--dry-run` to have it checked and priced only",),
    ),
    Code("QC0851", "not submitted", """The question before a paid job was not answered with yes. Nothing was sent."""),
    Code(
        "QC0852",
        "the job is estimated at {cost} {unit}, more than the {limit} allowed by --max-cost",
        """What the job may cost by the service's estimate for its gates and shots is above the limit. Nothing was
submitted. Fewer shots, circuits with fewer two-qubit gates, and `debiasing = false` cost less.""",
    ),
    Code(
        "QC0853",
        "the cost of this job is unknown: {reason}",
        """With `--max-cost` a job is only sent when the service can say beforehand what it would cost. It could not, so
nothing was submitted.""",
        helps=("leave out `--max-cost` if you know the cost from elsewhere",),
    ),
    Code(
        "QC0854",
        "the job contains the API key itself; it was not sent",
        """Somewhere in the job, usually in its metadata through `env("...")`, stands the very key it would be sent
with. Everybody who may see the job could read it there. Remove it; if it was ever sent, make a new key.""",
    ),
)

ENDINGS: tuple[Code, ...] = (
    Code(
        "QC0860",
        "job {id} failed: {failure}",
        """The service accepted the job and then could not carry it out. Its own code and message are shown, with advice
where the code is known.""",
        helps=("the service says: {message}", "{hint}"),
    ),
    Code(
        "QC0861",
        "job {id} was canceled",
        """Somebody, or the service itself, canceled the job before it was completed. There are no results.""",
    ),
    Code(
        "QC0862",
        "job {id} is still {status} after {seconds:g} seconds",
        """`--timeout` limits how long this command waits, not the job. The job goes on and can be waited for again.""",
        helps=("`{resume}` goes on waiting",),
    ),
    Code(
        "QC0863",
        "job {id} is completed, but the service has no results for it",
        """The job is listed as completed and its probabilities are not there. This is usual for a dry run. Otherwise
they may appear a little later.""",
        helps=("`{resume}` asks again",),
    ),
    Code(
        "QC0864",
        "the results of job {id} make no sense: {reason}",
        """The probabilities the service sent contradict themselves or the circuit: a state that needs more qubits than
there are, or no number at all. Nothing in them can be shown.""",
    ),
    Code(
        "QC0865",
        "the result of circuit `{name}` is missing from job {id}",
        """A job with several circuits has one child job each, and results are matched by the circuits' names. One of
them was not found among the children.""",
    ),
)

OURS: tuple[Code, ...] = (
    Code(
        "QC0870",
        "ionqdsl itself failed: {kind}: {reason}",
        """This is a bug in ionqdsl, not in your program. Please report it, with the command and, if you can, the
program. `-v` shows where it happened.""",
        helps=("please report this, with the command and the program", "-v shows where it happened"),
    ),
    Code(
        "QC0871",
        "this computer has not enough memory for that",
        """The memory that the system would give was used up, by a circuit with too many qubits or operations, or by too
many shots at once. What was being computed is lost; nothing was written or sent.""",
        helps=("use fewer qubits, operations or shots",),
    ),
    Code(
        "QC0872",
        "the program is not what its text says: {what}",
        """`--verify` begins at the text: a plain interpreter of the language, which shares no code with the compiler's
own reading, works out what every gate of a `.qc` program means, and that is compared with the circuits the compiler has
made of it, row by row. Names, registers, settings and Hamiltonians are compared as well. They differ, which is a fault
of the compiler, never of your program, and nothing was emitted. Please report it with the program.""",
        helps=("report it, with the program and the options",),
    ),
)

SERVICE: tuple[Code, ...] = (*USAGE, *SETTINGS, *KEYS, *REFUSALS, *NETWORK, *GUARDS, *ENDINGS, *OURS)

FAILURE_HINTS: dict[str, str] = {
    "InvalidInput": "something in the payload is not accepted; `ionqdsl compile` shows exactly what was sent",
    "CompilationError": "the service's compiler gave up; native gates (`--target`) bypass it",
    "ContractExpiredError": "the contract has ended; this is between your organisation and IonQ",
    "DebiasingError": "submit with `debiasing = false` in error_mitigation, or with 500 shots or more",
    "InternalError": "the service's own fault; submitting it again is worth a try",
    "NotEnoughQubits": "the circuit is wider than the machine; `ionqdsl stats` shows its width",
    "OptimizationError": "the service's optimiser gave up; native gates (`--target`) bypass it",
    "PreflightError": "the job does not pass the machine's checks; `ionqdsl compile` shows exactly what was sent",
    "QuantumCircuitComplexityError": "the circuit is too large for the machine; higher -O or fewer gates may help",
    "QuantumComputerError": "the machine's fault; submitting it again is worth a try",
    "QuotaExhaustedError": "the budget is used up; the simulator and dry runs are still possible",
    "SimulationError": "the service's simulator failed; `ionqdsl run` simulates on this computer",
    "SimulationTimeout": "too large for the service's simulator; fewer qubits, gates or noisy shots may help",
    "SystemCancel": "the service canceled it, for example for maintenance; submit it again",
    "TooLongPredictedExecutionTime": "fewer shots or fewer gates make it shorter",
    "TooManyControls": "compile with native gates (`--target`): ionqdsl rewrites multi-controlled gates itself",
    "TooManyGates": "the circuit is too long for the machine; higher -O may help",
    "TooManyShots": "use fewer shots, in several jobs if need be",
    "UnknownBillingError": "a matter of the account; ask support@ionq.co",
    "UnsupportedGate": "the machine lacks a gate; compile with `--target` set to its name",
}
"""What we advise when a job fails with a code of the service."""
