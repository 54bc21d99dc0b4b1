"""Diagnostics about the ledger, open submissions and plans."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_LATER = "`ionqdsl jobs recover` finishes it, and looks for it before it sends anything"

LEDGER: tuple[Code, ...] = (
    Code(
        "QC0901",
        "the ledger `{path}` cannot be used: {reason}",
        """ionqdsl records every submission in the ledger before it sends it, so that a crash or a lost connection never
leads to a second bill. Without a ledger it cannot promise that, so nothing was sent. The ledger is in the platform's
folder for state, or in the folder named by `IONQDSL_STATE`. If the job matters more than the promise, `--no-ledger`
sends it without a ledger: the job still carries a tag, and its id is printed.""",
        helps=(
            "make its folder writable, free some space, or name another folder with IONQDSL_STATE",
            "`--no-ledger` submits without one: then only you know of the job",
        ),
    ),
    Code(
        "QC0902",
        "the ledger `{path}` is damaged: {reason}",
        """The file is not a ledger, or parts of it were overwritten. Nothing was sent. Move it away instead of deleting
it: it may still show which jobs were submitted. ionqdsl creates a new one. `ionqdsl jobs list --remote` shows the jobs
the service knows; those that ionqdsl sent carry a tag in their metadata.""",
        helps=("move it away, then check `ionqdsl jobs list --remote`; the next submission creates a new ledger",),
    ),
    Code(
        "QC0903",
        "the ledger `{path}` was written by a newer ionqdsl (version {version}, this one knows {known})",
        """A newer ionqdsl converts a ledger to its own format, and older versions do not touch it after that. Nothing
was read or sent.""",
        helps=("use the newer ionqdsl, or another ledger with IONQDSL_STATE",),
    ),
    Code(
        "QC0904",
        "job {id} was submitted, but the ledger could not record it: {reason}",
        """The service accepted the job and gave its id; then writing to the ledger failed, for instance because the
disk is full. Keep the id. Nothing is lost or sent twice: once the ledger is writable again, `ionqdsl jobs recover`
finds the job by its tag.""",
        helps=("keep the id; once the ledger is writable again, `ionqdsl jobs recover` records the job",),
        severity="warning",
    ),
    Code(
        "QC0905",
        "continuing without the ledger: {reason}",
        """The current work is not affected, but the ledger does not record it: a result may be fetched again later, and
a submission counts as perhaps sent until `ionqdsl jobs recover` has looked for it.""",
        helps=("make the ledger writable, then run `ionqdsl jobs recover`",),
        severity="warning",
    ),
    Code(
        "QC0930",
        "the ledger `{path}` was moved, removed or replaced while it was in use",
        """The path no longer leads to the open file, so nobody could find an entry written to it. ionqdsl sends nothing
that such an entry would have to record. The earlier entries are in the moved file; the next command uses the file that
is at the path now. `ionqdsl jobs list --remote` shows the jobs the service knows.""",
        helps=("put the file back, or check `ionqdsl jobs list --remote`; then repeat the command",),
    ),
)

OPEN: tuple[Code, ...] = (
    Code(
        "QC0906",
        "more than one job of the service has the tag {tag}: {id} is used, {others} counts as a double",
        """The submission became more than one job. Either its answer was lost, and the service's list showed the job
only after ionqdsl had looked for it and sent it again; or a proxy delivered it twice; or a plan was sent from two
computers at once; or somebody cloned the job with its metadata. All these jobs are yours and may cost money. Results
are those of the first job in the message. ionqdsl looks for doubles for a day after such a submission.""",
        helps=(
            "`ionqdsl jobs cancel {others}` cancels the double",
            "`ionqdsl jobs recover` asks whether to cancel doubles; `--yes` answers",
        ),
        severity="warning",
    ),
    Code(
        "QC0907",
        "another process is working on submission {tag}",
        """Only one process at a time works on a submission. The other process is still running; when it ends, or is
killed, the submission is free again.""",
        helps=("wait for it, or try again later",),
    ),
    Code(
        "QC0908",
        "submission {tag} was started with another key",
        """The service's list shows only jobs of the key in the request. With another key an existing job would seem to
be missing and would be sent twice, so the submission stays as it is.""",
        helps=(
            "use the key it was started with",
            "`ionqdsl jobs cancel {tag}` with that key gives it up",
        ),
    ),
    Code(
        "QC0910",
        "this computer's clock is earlier than the last entry in the ledger",
        """No decision depends on the clock: ionqdsl looks for a job that was perhaps sent in the whole list of jobs
instead of its latest part, which takes a little longer.""",
        severity="note",
    ),
    Code(
        "QC0911",
        "{done} of the {count} jobs of submission {tag} are known to be submitted: {ids}",
        """A submission that is too large for one job is sent as several jobs, and sending stopped at one of them, for
the reason in the error. The submission stays open, so that the rest can still be sent; the submitted jobs continue.""",
        helps=(_LATER, "`ionqdsl jobs cancel {tag}` cancels the submitted jobs and gives up the rest"),
        severity="warning",
    ),
    Code(
        "QC0912",
        "the job's metadata leaves no room for the submission's tag: {reason}",
        """Every submission carries a tag in its metadata, under the key `ionqdsl`, so that ionqdsl can find it after a
lost connection.""",
        helps=("rename or remove an entry",),
        cases={
            "reason": {
                "own": "it already has the key `{key}`",
                "full": "job {id} has {count} entries, and the service takes {most}",
            }
        },
    ),
    Code(
        "QC0913",
        "submission {tag} was given up, but the service has its job {id}",
        """The submission was given up when it was unknown whether it had arrived. It had.""",
        helps=("`ionqdsl jobs cancel {id}` cancels it",),
        severity="warning",
    ),
    Code(
        "QC0914",
        "the {circuits} circuits are sent as {count} jobs",
        """The service limits the circuits, gates and bytes of one job, and this submission has more. It is sent as
several jobs under one name; waiting, fetching results and canceling apply to all of them together.""",
        severity="note",
    ),
    Code(
        "QC0915",
        "continuing submission {tag}, which was started earlier and is still open",
        """The same request was started before without a clear result, so ionqdsl treats this command as a repetition.
It looks for the job among the service's jobs for a minute and sends it only if it does not find it.""",
        helps=("`ionqdsl jobs cancel {tag}` gives it up instead",),
        severity="note",
    ),
    Code(
        "QC0916",
        "other submissions are still open: {count}",
        """Earlier submissions ended without a clear answer, or were interrupted. They may or may not have arrived.""",
        helps=("`ionqdsl jobs recover` finishes them, and looks for each before it sends anything",),
        severity="note",
    ),
    Code(
        "QC0917",
        "there is no submission `{name}` in the ledger",
        """The ledger has no such submission, and the service cannot find a tag by its name.""",
        helps=("`ionqdsl jobs list` shows the submissions",),
    ),
    Code(
        "QC0918",
        "submission {tag} was sent to {url}, not to {here}",
        """A submission belongs to the service it was sent to. The entry in the ledger was shown; for more, use that
service's address.""",
        helps=("set IONQ_API_URL={url}",),
    ),
    Code(
        "QC0919",
        "{tag} has no job: it is {meaning}",
        """The service has no answers about a submission before it has its job. Of a submission in several jobs, `jobs
results` shows the circuits whose jobs are completed, and this in place of the others.""",
        helps=(
            "circuits without a result: {names}",
            "`ionqdsl jobs recover` finishes {open}, and looks for it before it sends anything",
            "`ionqdsl jobs cancel {open}` gives it up",
        ),
        otherwise="submit the program again if you need its results",
    ),
)

PROOF: tuple[Code, ...] = (
    Code(
        "QC0931",
        "submission {tag} may be a job whose metadata the service does not show: {ids}",
        """The tag in a job's metadata shows whether a submission arrived. The service lists jobs that may be this
submission, by their name, backend and time, but does not show their metadata, even in answer to a request for the job
itself. That proves nothing either way, so nothing was sent, and the submission stays open.""",
        helps=(
            "check with `ionqdsl jobs show {id}` whether it is this job; later, `ionqdsl jobs recover` tries again",
            "if it is, or if you no longer want the job, `ionqdsl jobs cancel {tag}` gives up the submission",
        ),
    ),
    Code(
        "QC0932",
        "jobs disappeared from the service's list while it was read; whether submission {tag} arrived is unknown",
        """The list contained a job at one reading but not at the next: jobs were deleted meanwhile, or the list is
incomplete. A job that is missing from such a list may exist all the same, so nothing was sent, and the submission stays
open.""",
        helps=(_LATER, "`ionqdsl jobs cancel {tag}` gives it up"),
    ),
)

OFFLINE: tuple[Code, ...] = (
    Code(
        "QC0920",
        "{id} is shown as the ledger last recorded it: {reason}",
        """The service could not be asked, so the information comes from the ledger.""",
        severity="note",
    ),
)

PLANS: tuple[Code, ...] = (
    Code(
        "QC0921",
        "the plan was changed after it was made",
        """A plan contains a digest of everything in it, and this digest does not match. The plan is not the one that
was reviewed, so nothing was sent.""",
        helps=("make the plan again with `ionqdsl plan`",),
    ),
    Code(
        "QC0922",
        "the file is neither a program nor a plan: {reason}",
        """A file that begins with a brace is read as a plan, as written by `ionqdsl plan FILE -o PLAN`.""",
        helps=("name a `.qc` program, or a plan that `ionqdsl plan FILE -o PLAN` wrote",),
        cases={
            "reason": {
                "text": "it is not JSON",
                "kind": "its `kind` is not `{kind}`",
                "parts": "something is missing",
            }
        },
    ),
    Code(
        "QC0923",
        "the plan has version {version}, and this ionqdsl knows {known}",
        """Plans of other versions are not read, because ionqdsl would have to guess missing parts. Nothing was
sent.""",
        helps=("make the plan again with `ionqdsl plan`",),
    ),
    Code(
        "QC0924",
        "the plan is for {url}, not for {here}",
        """The address of the service is part of the reviewed plan. Nothing was sent.""",
        helps=("set IONQ_API_URL={url}, or make a plan for this service",),
    ),
    Code(
        "QC0925",
        "the plan was submitted already: {ids}",
        """A plan is submitted once. Submitting it again does nothing, so that you can safely repeat the command.""",
        helps=("`ionqdsl jobs wait {name}` shows the result", "`--again` submits it once more, under a new tag"),
        severity="note",
    ),
    Code(
        "QC0926",
        "the plan was {meaning} and is not sent again automatically",
        """The service refused the submission of this plan, or it was given up. It can be sent under a new tag.""",
        helps=("`--again` sends it under a new tag",),
    ),
    Code(
        "QC0927",
        "`{file}` has changed since the plan was made",
        """The plan is sent as it was reviewed, without the later changes to the program.""",
        helps=("to send the program as it is now, plan it again with `ionqdsl plan`",),
        severity="warning",
    ),
    Code(
        "QC0928",
        "a plan is sent as it stands; {flags} cannot change it",
        """The circuits, the backend and the number of shots are part of the reviewed plan.""",
        helps=("leave the flags out, or make a new plan with them",),
    ),
    Code(
        "QC0929",
        "the plan is sent under a new tag: {tag}",
        """With `--again` the requests of a plan are sent once more. Everything except the tag is as reviewed.""",
        severity="note",
    ),
)

ODD: tuple[Code, ...] = (
    Code(
        "QC0940",
        "the result of `{name}` is odd: {note}",
        """The service's answer is shown without scaling; entries that are not a state or not a number are left out.
Counts are given only if they add up to the shots.""",
        helps=("fetch the results once more with `ionqdsl jobs results`, before you rely on them",),
        severity="warning",
    ),
    Code(
        "QC0942",
        "the figures of `{backend}` are not available: {reason}",
        """The machine names a characterization that the service does not deliver, or not in a readable form. Everything
else about the machine is shown.""",
        helps=("ask again later, or give the compiler a record of your own with `--characterization`",),
        severity="warning",
    ),
)

PRICES: tuple[Code, ...] = (
    Code(
        "QC0937",
        "the job is estimated at {cost} {unit}, and `--max-cost {limit}` is in {wanted}",
        """A limit without a unit is in US dollars. Amounts in different units are not comparable, so nothing was
submitted.""",
        helps=("name the unit of your contract: `--max-cost 20credit`",),
    ),
    Code(
        "QC0938",
        "the plan said at most {planned}, and now the service says {now}",
        """ionqdsl asks for the price again before it sends a plan, because rates change. The price is now higher than
the one that was reviewed, so nothing was submitted.""",
        helps=("plan the job again, or agree to the new price with `--max-cost`",),
    ),
    Code(
        "QC0939",
        "the price of the plan, at most {planned}, could not be confirmed: {reason}",
        """The plan is sent all the same, at a price that may have changed since. With `--max-cost` it is sent only if
the service confirms the price.""",
        helps=("next time, let `--max-cost` stop a job whose price is not confirmed",),
        severity="warning",
    ),
)

SUBMISSION: tuple[Code, ...] = (*LEDGER, *OPEN, *PROOF, *OFFLINE, *PLANS, *PRICES, *ODD)
