"""Diagnostics: the ledger, submissions that stay open, plans."""

from __future__ import annotations

from ionqdsl.diagnostics.codes.code import Code

_LATER = "`ionqdsl jobs recover` finishes it, and looks for it before it sends anything"

LEDGER: tuple[Code, ...] = (
    Code(
        "QC0901",
        "the ledger `{path}` cannot be used: {reason}",
        """Every submission is written into the ledger before it is sent, so that a crash or a lost connection never
leads to a second bill. Without a ledger that promise cannot be kept, so nothing was sent. The ledger stands in the
platform's folder for state, or in the folder that `IONQDSL_STATE` names. Where jobs matter more than the promise,
`--no-ledger` sends without one: the job still carries a tag, and its id is printed.""",
        helps=(
            "make its folder writable, free some space, or name another folder with IONQDSL_STATE",
            "`--no-ledger` submits without one: then nothing remembers the job but you",
        ),
    ),
    Code(
        "QC0902",
        "the ledger `{path}` is damaged: {reason}",
        """The file is no ledger, or parts of it were overwritten. Nothing was sent. Move it away rather than delete it:
a copy may still tell which jobs were submitted. A new one is begun by itself. `ionqdsl jobs list --remote` shows the
jobs the service knows; those that ionqdsl sent carry a tag in their metadata.""",
        helps=("move it away, then look at `ionqdsl jobs list --remote`; a new ledger begins by itself",),
    ),
    Code(
        "QC0903",
        "the ledger `{path}` was written by a newer ionqdsl (version {version}, this one knows {known})",
        """A ledger is brought to the newest form by the newest ionqdsl that uses it, and older ones leave it alone.
Nothing was read or sent.""",
        helps=("use the newer ionqdsl, or another ledger with IONQDSL_STATE",),
    ),
    Code(
        "QC0904",
        "job {id} was submitted, but that could not be noted: {reason}",
        """The service took the job and told its id; then writing to the ledger failed, on a full disk for instance.
Keep the id. Nothing is lost or sent twice: as soon as the ledger can be written again, `ionqdsl jobs recover` finds the
job by its tag.""",
        helps=("keep the id; once there is space again, `ionqdsl jobs recover` notes it",),
        severity="warning",
    ),
    Code(
        "QC0905",
        "going on without the ledger: {reason}",
        """What was going on is not affected, but it is not remembered either: a result may be fetched again, and a
submission counts as perhaps sent until `ionqdsl jobs recover` has looked for it.""",
        severity="warning",
    ),
    Code(
        "QC0930",
        "the ledger `{path}` was moved, removed or replaced while it was in use",
        """The path no longer leads to the file that was open, so what would be written to it could not be found again.
Nothing is sent on the strength of such an entry. What stood in the file is where the file went; the next command begins
with what the path leads to now. `ionqdsl jobs list --remote` shows the jobs the service knows.""",
        helps=("put the file back, or look at `ionqdsl jobs list --remote`; then repeat the command",),
    ),
)

OPEN: tuple[Code, ...] = (
    Code(
        "QC0906",
        "more than one job of the service has the tag {tag}: {id} is taken for it, {others} counts as a double",
        """The submission became more than one job: its answer was lost and the service's list showed the job only after
it had been looked for and sent again; or something on the way, such as a proxy, delivered it twice; or a plan was sent
from two computers at once; or somebody cloned the job with its metadata. All of them are yours and may cost money.
Results are taken of the first one named. It is looked for doubles for a day after such a submission.""",
        helps=(
            "`ionqdsl jobs cancel {others}` cancels the double",
            "`ionqdsl jobs recover` asks whether to cancel doubles; `--yes` answers",
        ),
        severity="warning",
    ),
    Code(
        "QC0907",
        "another process is at work on submission {tag}",
        """A submission is finished by one process at a time. The other one is alive; when it ends, or is killed, the
submission is free again.""",
        helps=("wait for it, or try again later",),
    ),
    Code(
        "QC0908",
        "submission {tag} was begun with another key",
        """The list of jobs shows those of the key it is asked with. With another key a job that exists could seem to be
missing and would be sent twice, so the submission is left as it is.""",
        helps=(
            "use the key it was begun with",
            "`ionqdsl jobs cancel {tag}` with that key gives it up",
        ),
    ),
    Code(
        "QC0910",
        "this computer's clock has gone back since the ledger was last written",
        """Nothing that matters is decided by the clock: a job that was perhaps sent is looked for in the whole list of
jobs instead of its latest part, which takes a little longer.""",
        severity="note",
    ),
    Code(
        "QC0911",
        "{done} of the {count} jobs of submission {tag} are submitted ({ids}); the rest is not",
        """A submission that is larger than the service takes at once goes out as several jobs, and one of them was
turned away. The submission stays open, so that the rest can still be sent; the jobs that are there go on.""",
        helps=(_LATER, "`ionqdsl jobs cancel {tag}` cancels those that are there and gives up the rest"),
        severity="warning",
    ),
    Code(
        "QC0912",
        "the job's metadata leaves no room for the submission's tag: {reason}",
        """Every submission carries a tag in its metadata, under the key `ionqdsl`, by which it can be found again after
a lost connection.""",
        helps=("give the entry another name",),
        cases={
            "reason": {
                "own": "it has a `{key}` of its own",
                "full": "job {id} has {count} entries, and the service takes {most}",
            }
        },
    ),
    Code(
        "QC0913",
        "submission {tag} was given up, but the service has its job {id}",
        """The submission was given up while nobody could say whether it had arrived. It had.""",
        helps=("`ionqdsl jobs cancel {id}` cancels it",),
        severity="warning",
    ),
    Code(
        "QC0914",
        "the {circuits} circuits are sent as {count} jobs",
        """The service takes so many circuits, gates and bytes in one job, and this one has more. It is sent as several
jobs under one name; waiting, results and cancelling concern all of them together.""",
        severity="note",
    ),
    Code(
        "QC0915",
        "going on with submission {tag}, which was begun earlier and is still open",
        """The same request was begun before and never came to a clear end, so this is taken for another try at it. It
is looked for among the service's jobs for a minute and sent only if it is not there.""",
        helps=("`ionqdsl jobs cancel {tag}` gives it up instead",),
        severity="note",
    ),
    Code(
        "QC0916",
        "other submissions are still open: {count}",
        """Earlier submissions ended without a clear answer, or were cut off. They may or may not have arrived.""",
        helps=("`ionqdsl jobs recover` finishes them, and looks for each before it sends anything",),
        severity="note",
    ),
    Code(
        "QC0917",
        "there is no submission `{name}` in the ledger",
        """The ledger knows no such submission, and the service cannot be asked for a tag by its name.""",
        helps=("`ionqdsl jobs list` shows what there is",),
    ),
    Code(
        "QC0918",
        "submission {tag} was sent to {url}, not to {here}",
        """A submission belongs to the service it was sent to. What is known of it here was shown; to ask for more, use
that service's address.""",
        helps=("set IONQ_API_URL={url}",),
    ),
    Code(
        "QC0919",
        "submission {tag} has no job yet: it is {meaning}",
        """Nothing can be asked about a submission before it is known to the service.""",
        helps=(_LATER, "`ionqdsl jobs cancel {tag}` gives it up"),
    ),
)

PROOF: tuple[Code, ...] = (
    Code(
        "QC0931",
        "submission {tag} may be a job whose metadata the service does not show: {ids}",
        """Whether a submission arrived is told by the tag in a job's metadata. The service lists jobs that may be it by
their name, backend and time, and shows no metadata of them, not even when it is asked for the job itself. That proves
nothing either way, so nothing was sent, and the submission stays open.""",
        helps=(
            "`ionqdsl jobs show {id}` shows whether it is the one; later, `ionqdsl jobs recover` tries again",
            "if it is, or if the job is no longer wanted: `ionqdsl jobs cancel {tag}` gives the submission up",
        ),
    ),
    Code(
        "QC0932",
        "the service's list lost jobs while it was read; whether submission {tag} arrived is unknown",
        """A job that one reading of the list showed was missing from the next: jobs were deleted meanwhile, or the list
is not whole. A job that is missing from such a list may exist all the same, so nothing was sent, and the submission
stays open.""",
        helps=(_LATER, "`ionqdsl jobs cancel {tag}` gives it up"),
    ),
)

OFFLINE: tuple[Code, ...] = (
    Code(
        "QC0920",
        "{id} is shown as it was last heard of: {reason}",
        """The service could not be asked, so what is shown comes from the ledger.""",
        severity="note",
    ),
)

PLANS: tuple[Code, ...] = (
    Code(
        "QC0921",
        "the plan was changed after it was made",
        """A plan carries a digest of everything in it, and this one does not fit. What would be sent is not what was
reviewed, so nothing was sent.""",
        helps=("make the plan anew with `ionqdsl plan`",),
    ),
    Code(
        "QC0922",
        "the file is neither a program nor a plan: {reason}",
        """A file that begins with a brace is taken for a plan, which `ionqdsl plan FILE -o PLAN` writes.""",
        cases={
            "reason": {
                "text": "it is not JSON",
                "kind": "it does not say that it is a `{kind}`",
                "parts": "something is missing",
            }
        },
    ),
    Code(
        "QC0923",
        "the plan has version {version}, and this ionqdsl knows {known}",
        """Plans of other versions are not read, because what they leave unsaid cannot be guessed. Nothing was sent.""",
        helps=("make the plan anew with `ionqdsl plan`",),
    ),
    Code(
        "QC0924",
        "the plan is for {url}, not for {here}",
        """The address belongs to what was reviewed. Nothing was sent.""",
        helps=("set IONQ_API_URL={url}, or make a plan for this service",),
    ),
    Code(
        "QC0925",
        "the plan was submitted already: {ids}",
        """A plan is submitted once. Submitting it again does nothing, so that a command may be repeated without
harm.""",
        helps=("`ionqdsl jobs wait {name}` shows the result", "`--again` submits it once more, under a new tag"),
        severity="note",
    ),
    Code(
        "QC0926",
        "the plan was {meaning} and is not sent again by itself",
        """The service turned the plan's submission away, or it was given up. The same request can be sent under a new
tag.""",
        helps=("`--again` sends it under a new tag",),
    ),
    Code(
        "QC0927",
        "`{file}` has changed since the plan was made",
        """The plan is sent as it was reviewed; the changes of the program are not in it.""",
        severity="warning",
    ),
    Code(
        "QC0928",
        "a plan is sent as it stands; {flags} cannot change it",
        """What to run, where and how often is written in the plan and was reviewed with it.""",
        helps=("leave the flags out, or make a new plan with them",),
    ),
    Code(
        "QC0929",
        "a new tag was drawn: {tag}",
        """With `--again` the requests of a plan are sent once more. Everything but the tag is what was reviewed.""",
        severity="note",
    ),
)

ODD: tuple[Code, ...] = (
    Code(
        "QC0940",
        "the result of `{name}` is odd: {note}",
        """The service's answer is shown as it came: nothing is scaled, and what is no state or no number is left out.
Counts are only given where they add up to the shots.""",
        severity="warning",
    ),
    Code(
        "QC0942",
        "the figures of `{backend}` cannot be had: {reason}",
        """The machine names a characterization that the service then does not give, or not in a form that can be read.
Everything else that is known of the machine is shown.""",
        severity="warning",
    ),
)

PRICES: tuple[Code, ...] = (
    Code(
        "QC0937",
        "the job is estimated at {cost} {unit}, and --max-cost {limit} is in {wanted}",
        """A limit without a unit is in US dollars. Amounts in different units cannot be compared, so nothing was
submitted.""",
        helps=("name the unit of your contract: `--max-cost 20credit`",),
    ),
    Code(
        "QC0938",
        "the plan said at most {planned}, and now the service says {now}",
        """The price is asked for again before a plan is sent, because rates change. It is higher than the price that
was reviewed, so nothing was submitted.""",
        helps=("plan the job again, or agree to the new price with `--max-cost`",),
    ),
    Code(
        "QC0939",
        "the price of the plan, at most {planned}, could not be asked for again: {reason}",
        """The plan is sent all the same, at a price that may have changed since. With `--max-cost` it is only sent if
the service confirms the price.""",
        severity="warning",
    ),
)

SUBMISSION: tuple[Code, ...] = (*LEDGER, *OPEN, *PROOF, *OFFLINE, *PLANS, *PRICES, *ODD)
