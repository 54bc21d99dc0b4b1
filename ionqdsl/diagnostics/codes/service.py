"""Diagnostics about the command line, keys, the service and the network, and failed jobs."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_STATUS_PAGE = "see https://status.ionq.co for known problems"
_OPEN = (
    "the submission stays open as {tag}: repeat the same `submit`, or run `ionqdsl jobs recover`, to finish it",
    "`ionqdsl jobs cancel {tag}` gives it up",
)

USAGE: tuple[Code, ...] = (
    Code(
        "QC0801",
        "{reason}",
        """The command line contains an unknown flag or a value of the wrong kind, or an argument is missing. `ionqdsl
VERB --help` lists the arguments and flags of a verb. Nothing was read or written.""",
        helps=("did you mean `{suggestion}`?", "known: {known}", "`{usage} --help` lists the flags"),
        otherwise="`ionqdsl help` lists the commands",
    ),
    Code(
        "QC0802",
        "there is no command `{verb}`",
        """The first word after `ionqdsl` is a command: `check`, `compile`, `run` and so on. `ionqdsl help` lists
them all. Files come after the verb: `ionqdsl check bell.qc`.""",
        helps=(
            "did you mean `{suggestion}`?",
            "to check a file, write `ionqdsl check {file}`",
            "`ionqdsl help` lists the commands",
        ),
    ),
    Code(
        "QC0803",
        "`{topic}` is neither a code nor a gate",
        """`ionqdsl explain` takes the code of a message, such as `QC0203`, or the name of a gate, such as `cnot`. If
both gatesets have a gate of that name (`zz`), both are shown.""",
        helps=("`ionqdsl doc {library}` describes it: it is in the standard library", "did you mean `{suggestion}`?"),
        otherwise="give a code such as QC0203, or a gate such as cnot",
    ),
    Code(
        "QC0804",
        "`--{flag}` needs `{form}`, not `{text}`",
        """Flags that give names a value are written with an equals sign: `--set theta=0.3` binds a parameter to a
value, `--sweep 'theta=linspace(0, pi, 21)'` to a list of values. Quote text with spaces, parentheses or a star, so that
the shell does not change it.""",
        helps=("write it as `--{flag} '{form}'`",),
    ),
    Code(
        "QC0805",
        "cannot write `{path}`: {reason}",
        """The result could not be written. Outputs go to a temporary file next to the destination, which then replaces
the destination in one step, so an earlier file is unchanged.""",
        helps=("name a file in a folder that exists, that you may write to, and that has space left",),
    ),
    Code(
        "QC0806",
        "no backend is named to send the job to",
        """`submit` needs a backend, because a simulator is free and a QPU is not. Name one in the file with `job {
backend = "simulator" }` or on the command line with `--backend simulator`. `compile` does not need one: it writes
"simulator" and says so.""",
        helps=("add `--backend simulator`, or `backend = ...` to the job block",),
    ),
    Code(
        "QC0807",
        "`{path}` exists already and was not changed",
        """`ionqdsl init` never overwrites a file. Choose another folder, or remove the file first.""",
        helps=("choose another folder, or remove the file first",),
        severity="warning",
    ),
    Code(
        "QC0808",
        "the local machine runs circuits and energies, but this file asks for another quantum function",
        """Only the service knows the meaning of a `function` of any other type. Submit it with `ionqdsl submit`.""",
        helps=("`ionqdsl submit {file} --backend simulator --wait` evaluates it on the service's simulator",),
    ),
    Code(
        "QC0809",
        "standard input contains the name `{name}`, not a program",
        """`echo bell.qc | ionqdsl check -` passes the name of the file, not its contents. Give the name as an argument,
or pipe the contents with `cat`.""",
        helps=("write `ionqdsl {verb} {name}`",),
        severity="warning",
    ),
    Code(
        "QC0810",
        "`--exact` applies to the local machine only",
        """The program goes to the service, which gives exact probabilities for its ideal simulator and frequencies of
shots for a noise model or a QPU. Without a backend, or with `--backend local`, the local machine gives exact
probabilities for all of them.""",
        helps=("leave the flag out, or add `--backend local`",),
        severity="warning",
    ),
    Code(
        "QC0811",
        "a noise model compiles to its own machine, so `--target {target}` cannot be kept",
        """A noise model gives the error rate of each native gate of one machine. It applies to that machine's gates
only, so running with a model compiles to its machine first. Leave out the target or the noise.""",
        helps=("leave out `--target`, or use `--target {needed}`",),
    ),
)

SETTINGS: tuple[Code, ...] = (
    Code(
        "QC0813",
        "the result would overwrite `{path}`, from which it is made",
        """The output named with `-o` is also an input: the program, or a file that it includes or loads. Nothing was
written.""",
        helps=("choose another name for the output",),
    ),
    Code(
        "QC0812",
        "the settings file cannot be used: {reason}",
        """`ionqdsl.toml` (or `[tool.ionqdsl]` in pyproject.toml) holds defaults for flags, named like the flags. The
first one found from the current folder upwards is used. `ionqdsl init` writes one that lists every setting.""",
        helps=("did you mean `{suggestion}`?", "known: {known}"),
        otherwise="correct the file, or compare it with a new one from `ionqdsl init`",
    ),
    Code(
        "QC0814",
        "only one of the two programs can be standard input",
        """`diff` and `equiv` read two programs. One of them may be `-`, standard input; the other has to be a file.""",
        helps=("give the path of a file for one of the two",),
    ),
    Code(
        "QC0815",
        "`{first}` has {one:circuit} and `{second}` has {other}, so they cannot be paired",
        """Two programs are compared circuit by circuit, in order. A sweep has as many circuits as values: bind the
parameter with `--set`, or compare programs with equally many circuits.""",
        helps=("compare programs of equally many circuits: `--set` gives a parameter one value",),
    ),
)

KEYS: tuple[Code, ...] = (
    Code(
        "QC0820",
        "no API key",
        """Submitting needs the key of an IonQ account (https://cloud.ionq.com, settings, API keys). It is read from the
variable `IONQ_API_KEY`, from a file that only you can read, named by `--api-key-file` or `IONQ_API_KEY_FILE`, or from
the place where `ionqdsl auth login` stored it. There is no flag for the key itself: other users can see command lines,
and the shell's history keeps them.""",
        helps=(
            "set IONQ_API_KEY, name a key file with --api-key-file, or store a key with `ionqdsl auth login`",
            "{other} is set, but ionqdsl reads IONQ_API_KEY",
            "`ionqdsl run` needs no key: it uses the local machine",
        ),
    ),
    Code(
        "QC0821",
        "cannot read the key file `{path}`: {reason}",
        """The file named by `--api-key-file` or `IONQ_API_KEY_FILE` could not be read. It should contain one line with
the key and nothing else.""",
        helps=("correct the path, or make the file readable for yourself",),
    ),
    Code(
        "QC0822",
        "other users can read the key file `{path}` (mode {mode})",
        """Only the owner of a key file may be able to read it. Anyone who has the key can spend your budget. If others
may have read the file, create a new key.""",
        helps=("run `chmod 600 {path}`",),
    ),
    Code(
        "QC0823",
        "the API key from {where} is not a key: {reason}",
        """Keys are one word of letters, digits and punctuation. This is not one; often it contains a line break, a
quotation mark or the whole line `IONQ_API_KEY=...`, copied by accident. The value itself is never shown.""",
        helps=("give the key alone: one word, without quotes or line breaks",),
    ),
    Code(
        "QC0824",
        "the service does not accept this API key",
        """The service answered 401. The key is mistyped or revoked, or belongs to another service than the one at
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
        """`IONQ_API_URL` names the service, by default https://api.ionq.co/v0.4. Because every request contains the
key, the address must use https; plain http is allowed only to this computer (127.0.0.1, ::1, localhost), for an
emulator.""",
        helps=("set IONQ_API_URL to an https address such as https://api.ionq.co/v0.4, or unset it",),
    ),
)

REFUSALS: tuple[Code, ...] = (
    Code(
        "QC0830",
        "the service refused the job: {message}",
        """The service read the job and found it invalid (400). Nothing was submitted and nothing was spent. If the
service names the fields it objects to, they are listed.""",
        helps=("it objects to {keys}", "request {request}, for a question to support@ionq.co"),
        otherwise="change the job as the message says, and submit it again",
    ),
    Code(
        "QC0831",
        "the service does not know the address `{url}` (404)",
        """The service answers but has nothing at this address. For a submission this means that `IONQ_API_URL` is not
the address of version 0.4 of the API; the usual value is https://api.ionq.co/v0.4.""",
        helps=(
            "the service says: {message}",
            "check IONQ_API_URL, which includes the version, as in https://api.ionq.co/v0.4",
        ),
    ),
    Code(
        "QC0832",
        "the service knows no job `{id}`",
        """The service answered 404: the id is mistyped, or the job was deleted, or it belongs to another project than
the key.""",
        helps=(
            "the service says: {message}",
            "check the id: `ionqdsl jobs list` shows the jobs from here",
        ),
    ),
    Code(
        "QC0833",
        "the service reports a conflict (409): {message}; whether the job was submitted is unknown",
        """The state of something the job refers to, most often its session, does not allow the job; or a proxy gave
this answer. The service does not document 409 for a new job, so ionqdsl does not treat it as a refusal: it looked for
the job among the service's jobs for a while and did not find it. The submission stays open in the ledger.""",
        helps=("if the job names a session, check with `ionqdsl session list` whether it has ended", *_OPEN),
    ),
    Code(
        "QC0834",
        "the job is too large for the service: it has {size} bytes",
        """The service answered 413. A request may have 10 MB. Nothing was submitted. Use several jobs.""",
        helps=("divide the circuits among several jobs",),
    ),
    Code(
        "QC0835",
        "the service asks for fewer requests (429), and its list does not contain the job so far",
        """The service limits the rate of requests. It most likely refused the job, but 429 has also been seen after the
service had taken a job, so ionqdsl reads the list of jobs for a minute before it sends the job again. It waits and
retries a few times before it gives this error. The submission stays open in the ledger.""",
        helps=("wait {wait}", *_OPEN),
    ),
    Code(
        "QC0836",
        "the service failed ({status}); whether the job was submitted is unknown",
        """The service, or a proxy, answered with a failure after the job had been sent. The service may have accepted
the job, and it cannot recognise a second copy. ionqdsl looked for the job's tag among the service's jobs for a while
and did not find it, which proves nothing yet. The submission stays open in the ledger, and ionqdsl never sends it again
without reading the list of jobs first.""",
        helps=(*_OPEN, "the service says: {message}", _STATUS_PAGE),
    ),
    Code(
        "QC0837",
        "the job was accepted, but the answer does not contain its id",
        """The service answered that it created the job, but the answer was empty or not the expected JSON. The job
should exist, but the service's list did not contain it in the first moments. The submission stays open in the ledger
until the list does.""",
        helps=_OPEN,
    ),
    Code(
        "QC0838",
        "the service answered with a redirect to {location}, which is not followed",
        """Following a redirect could send the key to somebody else. If the service has really moved, set `IONQ_API_URL`
to the new address.""",
        helps=("if the service has moved, set IONQ_API_URL to its new address",),
    ),
    Code(
        "QC0839",
        "the service refused ({status}): {message}",
        """The service refused the request with a status for which ionqdsl has no special advice.""",
        helps=("request {request}, for a question to support@ionq.co",),
        otherwise="change the request as the message says, or try again later",
    ),
    Code(
        "QC0845",
        "the service does not know the session `{session}` (404)",
        """The job names a session that the service does not know: its id is mistyped, or it belongs to another project
than the key. Nothing was submitted.""",
        helps=(
            "`ionqdsl session list` shows the sessions; `ionqdsl session start` starts one",
            "to run without a session, remove `session_id` from the job",
            "the service says: {message}",
        ),
    ),
    Code(
        "QC0846",
        "the service answered {status}, which does not say whether the job was submitted",
        """Only answers that the service documents as refusals (400, 401, 403, 404, 413), in the documented form, mean
that nothing was submitted. Any other answer may come from a proxy, after the service took the job. ionqdsl looked for
the job among the service's jobs for a while and did not find it, which proves nothing yet. The submission stays open in
the ledger, and ionqdsl never sends it again without reading the list of jobs first.""",
        helps=(*_OPEN, "the answer says: {message}", "request {request}, for a question to support@ionq.co"),
    ),
    Code(
        "QC0847",
        "the service answered with a redirect to {location}; whether the job was submitted is unknown",
        """ionqdsl does not follow a redirect: it could send the key to somebody else, or the job a second time. But the
service may have taken the job all the same. ionqdsl looked for it among the service's jobs for a while and did not find
it. The submission stays open in the ledger. If the service has really moved, set `IONQ_API_URL` to the new address.""",
        helps=_OPEN,
    ),
)

NETWORK: tuple[Code, ...] = (
    Code(
        "QC0840",
        "cannot reach {host}: {reason}",
        """ionqdsl could not connect, so nothing was sent and nothing was submitted. It is safe to try again. If the
network has a proxy, set `HTTPS_PROXY`.""",
        helps=("check the network, and IONQ_API_URL if it is set", _STATUS_PAGE),
    ),
    Code(
        "QC0841",
        "the connection to {host} was lost after the job had been sent ({reason}); whether it was submitted is unknown",
        """The request was sent, but no answer arrived in time. The service may have accepted the job; ionqdsl looked
for it among the service's jobs for a while and did not find it, which proves nothing yet. The submission stays open in
the ledger, and ionqdsl never sends it again without reading the list of jobs first.""",
        helps=_OPEN,
    ),
    Code(
        "QC0842",
        "interrupted while the job was being sent; whether it was submitted is unknown",
        """The command was interrupted while it was sending the request. The submission stays open in the ledger, and
ionqdsl never sends it again without reading the list of jobs first.""",
        helps=_OPEN,
    ),
    Code(
        "QC0843",
        "cannot ask the service about {what}: {reason}",
        """Several requests failed in a row, with growing pauses between them. Nothing is lost: a job continues even if
nobody waits for it.""",
        helps=("later, `{resume}` continues from here; https://status.ionq.co shows known problems",),
        otherwise="check the network, and repeat the command later; https://status.ionq.co shows known problems",
    ),
    Code(
        "QC0844",
        "cannot read the service's answer about {what}: {reason}",
        """The answer does not have the form that the API documents. The job itself is not affected.""",
        helps=("later, `{resume}` tries again",),
        otherwise="repeat the command later",
    ),
    Code(
        "QC0848",
        "the service asks for a wait of {wait} s before the next request about {what}",
        """An answer of the service named the time after which to ask again, in its header `Retry-After`. ionqdsl obeys
it, up to five minutes at once. A question that has no answer after ten minutes of such waits is given up; waiting for a
job goes on.""",
        helps=("Ctrl-C ends the command; nothing is lost",),
        severity="warning",
    ),
)

GUARDS: tuple[Code, ...] = (
    Code(
        "QC0850",
        "a job on `{backend}` costs money and nobody confirmed it",
        """ionqdsl asks for confirmation before it sends a job to a QPU. Without a terminal it cannot ask, so it
requires `--yes`. A dry run (`--dry-run`) costs nothing and needs no confirmation.""",
        helps=("add `--yes` to confirm", "`ionqdsl submit --dry-run` only checks a job and shows its price"),
    ),
    Code(
        "QC0851",
        "not submitted",
        """The answer to the question before a paid job was not `y` or `yes`. Nothing was sent.""",
        helps=("repeat the command and answer `y`, or add `--yes`",),
    ),
    Code(
        "QC0852",
        "the job is estimated at {cost} {unit}, more than the {limit} allowed by `--max-cost`",
        """The service's estimate for the gates and shots of the job is above the limit. Nothing was submitted. Fewer
shots, fewer two-qubit gates and `debiasing = false` reduce the cost.""",
        helps=("reduce the shots or the two-qubit gates, or raise `--max-cost`",),
    ),
    Code(
        "QC0853",
        "the cost of this job is unknown: {reason}",
        """With `--max-cost` a job is sent only if the service gives an estimate of its cost. It gave none, so nothing
was submitted.""",
        helps=("leave out `--max-cost` if you know the cost from elsewhere",),
    ),
    Code(
        "QC0854",
        "the job contains the API key itself; it was not sent",
        """The job contains the very key that would be used to send it, usually in its metadata through `env("...")`.
Everybody who can see the job could read the key. Remove it; if it was ever sent, create a new key.""",
        helps=("remove the key from the job, usually from its metadata",),
    ),
)

ENDINGS: tuple[Code, ...] = (
    Code(
        "QC0860",
        "job {id} failed: {failure}",
        """The service accepted the job but could not carry it out. The service's code and message are shown, with
advice if the code is known.""",
        helps=("the service says: {message}", "{hint}"),
        otherwise="`ionqdsl jobs show {id}` shows the job",
    ),
    Code(
        "QC0861",
        "job {id} was canceled",
        """Somebody, or the service itself, canceled the job before it was completed. It has no results.""",
        helps=("submit the program again",),
    ),
    Code(
        "QC0862",
        "job {id} is still {status} after {seconds:g} s",
        """`--timeout` limits how long this command waits, not the job. The job continues, and you can wait for it
again.""",
        helps=("`{resume}` continues to wait",),
    ),
    Code(
        "QC0863",
        "job {id} is completed, but the service has no results for it",
        """The service lists the job as completed but has no probabilities for it. This is usual for a dry run.
Otherwise they may appear a little later.""",
        helps=("`{resume}` asks again",),
    ),
    Code(
        "QC0864",
        "the results of job {id} make no sense: {reason}",
        """The service's probabilities contradict each other or the circuit, such as a state that needs more qubits than
the circuit has, or a value that is not a number. None of them is shown.""",
        helps=("ask again later with `ionqdsl jobs results {id}`, and report it to support@ionq.co if it remains",),
    ),
    Code(
        "QC0865",
        "the result of circuit `{name}` is missing from job {id}",
        """A job with several circuits has one child job each, and results are matched by the circuits' names. No child
has the name of this circuit.""",
        helps=("`ionqdsl jobs show {id}` shows the circuits of the job",),
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
        "this computer does not have enough memory for that",
        """A circuit with too many qubits or operations, or too many shots at once, used up the memory. The computation
is lost; nothing was written or sent.""",
        helps=("use fewer qubits, operations or shots",),
    ),
    Code(
        "QC0869",
        "the library {library} cannot be imported: {reason}",
        """ionqdsl and its extras use other libraries. This one is missing, or does not work with the Python, the system
or the libraries around it.""",
        helps=("in the environment of ionqdsl: `pip install --force-reinstall {library}`; `ionqdsl doctor` shows it",),
    ),
    Code(
        "QC0872",
        "the compiler misread the program: {what}",
        """`--verify` begins with the text: a simple interpreter of the language, which shares little more than the
grammar with the compiler, evaluates every gate of a `.qc` program. Its result is compared row by row with the circuits
of the compiler, and so are names, registers, settings and Hamiltonians. Here they differ, which is a bug in the
compiler, never in your program, and nothing was written. Please report it with the program.""",
        helps=("report it, with the program and the options",),
    ),
)

SERVICE: tuple[Code, ...] = (*USAGE, *SETTINGS, *KEYS, *REFUSALS, *NETWORK, *GUARDS, *ENDINGS, *OURS)

FAILURE_HINTS: dict[str, str] = {
    "InvalidInput": "the service does not accept the payload; `ionqdsl compile` shows it exactly",
    "CompilationError": "the service's compiler gave up; native gates (`--target`) bypass it",
    "ContractExpiredError": "the contract has ended; your organisation has to renew it with IonQ",
    "DebiasingError": "submit with `debiasing = false` in error_mitigation, or with 500 shots or more",
    "InternalError": "a failure of the service; submitting the job again may help",
    "NotEnoughQubits": "the circuit is wider than the machine; `ionqdsl stats` shows its width",
    "OptimizationError": "the service's optimiser gave up; native gates (`--target`) bypass it",
    "PreflightError": "the job does not pass the machine's checks; `ionqdsl compile` shows it exactly",
    "QuantumCircuitComplexityError": "the circuit is too large for the machine; higher -O or fewer gates may help",
    "QuantumComputerError": "a failure of the machine; submitting the job again may help",
    "QuotaExhaustedError": "the budget is used up; the simulator and dry runs are still possible",
    "SimulationError": "the service's simulator failed; `ionqdsl run` simulates on this computer",
    "SimulationTimeout": "too large for the service's simulator; use fewer qubits, gates or noisy shots",
    "SystemCancel": "the service canceled the job, for example for maintenance; submit it again",
    "TooLongPredictedExecutionTime": "the job would take too long; use fewer shots or gates",
    "TooManyControls": "compile with native gates (`--target`): ionqdsl rewrites multi-controlled gates itself",
    "TooManyGates": "the circuit is too long for the machine; higher -O may help",
    "TooManyShots": "use fewer shots, or several jobs",
    "UnknownBillingError": "a problem with the account; ask support@ionq.co",
    "UnsupportedGate": "the machine lacks a gate; compile with `--target` set to its name",
}
"""The advice for a job that fails, by the code that the service gives."""
