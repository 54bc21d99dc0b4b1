"""Lists submitted jobs, waits for them and fetches their results.

  ionqdsl jobs [list]          lists jobs submitted from here; with --remote, the service's own list
  ionqdsl jobs show ID...      shows the status of jobs
  ionqdsl jobs wait ID         waits for a job, then shows the result
  ionqdsl jobs wait [ID...]    waits for several jobs, or for all from here that are not over, and keeps their results
  ionqdsl jobs results ID      shows the result of a completed job
  ionqdsl jobs cancel ID...    cancels jobs, or abandons submissions that are still open
  ionqdsl jobs cost ID...      shows the estimated and the billed cost of jobs
  ionqdsl jobs compiled ID     shows the circuit that the machine ran, as .qc
  ionqdsl jobs variants ID     shows the outcomes of each variant of a debiased job
  ionqdsl jobs clone ID        runs a job once more; recorded and sent once, like any submission
  ionqdsl jobs delete ID...    deletes jobs at the service, permanently
  ionqdsl jobs recover         finishes submissions that ended without a clear answer, and asks about doubles

An ID is the service's id of a job, or the tag of a submission. The ledger records jobs submitted from here: their
results are shown with the program's names, fetched once, and then available without the network. The service keeps no
names of qubits and registers for other jobs: their results are shown by qubit number, with q[0] leftmost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from ionqdsl.cli import after
from ionqdsl.cli.flags import add_key, backend, money, positive, positive_integer
from ionqdsl.cli.histograms import add_aggregation, add_view, view_of
from ionqdsl.cli.tables import columns
from ionqdsl.cli.terminal import EXIT_CODES, Terminal
from ionqdsl.diagnostics import Diagnostic, IonqdslError, KeyRefused, ServiceError
from ionqdsl.diagnostics.mistakes import wrong_usage

if TYPE_CHECKING:
    import argparse

    from ionqdsl.cloud.client import Client

_COLUMNS = ("id", "status", "backend", "shots", "name")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `jobs`."""
    parser.add_argument("action", nargs="?", default="list", choices=tuple(ACTIONS), help="the action, as above (list)")
    parser.add_argument("ids", nargs="*", metavar="ID", help="jobs or submissions; none for list and recover")
    parser.add_argument("--limit", type=positive_integer, default=25, help="the number of jobs to list (25)")
    parser.add_argument("--remote", action="store_true", help="list: all jobs of the service, from any computer")
    parser.add_argument("--timeout", type=positive, metavar="SECONDS", help="longest wait; the job continues")
    parser.add_argument("--rate", type=positive, default=10.0, metavar="N", help="most requests per second (10)")
    add_key(parser)
    add_view(parser)
    add_aggregation(parser)
    parser.add_argument(
        "--yes", action="store_true", help="do not ask: clone a job that costs money, cancel doubles (recover)"
    )
    group = parser.add_argument_group("clone")
    group.add_argument("--backend", type=backend, help="another backend")
    group.add_argument("--shots", type=positive_integer, help="another number of shots")
    group.add_argument("--dry-run", action="store_true", help="check and price the job only; costs nothing")
    group.add_argument("--max-cost", type=money, metavar="X", help="refuse if it may cost more: 20, 20usd, 3credit")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Carries out the action; returns the first exit code of a job that is not 0."""
    action = ACTIONS[arguments.action]
    count = len(arguments.ids)
    if count not in action.counts:
        wants = "needs the id of a job" if not count else "takes no ids" if action.counts == NONE else "takes one id"
        raise wrong_usage(f"`jobs {arguments.action}` {wants}", usage="ionqdsl jobs")
    return action.run(arguments, terminal)


# -- the actions -------------------------------------------------------------------------------------------------


def _list(arguments: argparse.Namespace, terminal: Terminal) -> int:
    if arguments.remote:
        return show_jobs(after.client_of(arguments, terminal).jobs(arguments.limit), terminal)
    from ionqdsl.cloud.ledger import Ledger
    from ionqdsl.cloud.states import STATES

    with Ledger() as ledger:
        if ledger.watched():
            _doubles(arguments, terminal)
        entries = ledger.latest(arguments.limit)
    rows: list[Mapping[str, Any]] = []
    for entry in entries:
        for part in entry.parts:
            status = part.status if part.job_id else STATES[part.state].meaning
            row = {"id": part.job_id or part.tag, "status": status, "backend": entry.backend, "shots": entry.shots}
            rows.append({**row, "name": entry.name, "tag": entry.tag, "doubles": list(part.doubles) or None})
    if not rows:
        terminal.say("no jobs were submitted from here; `ionqdsl jobs list --remote` asks the service")
    return show_jobs(rows, terminal)


def _show(arguments: argparse.Namespace, terminal: Terminal) -> int:
    return show_jobs([_described(name, arguments, terminal) for name in arguments.ids], terminal)


def _described(name: str, arguments: argparse.Namespace, terminal: Terminal) -> Mapping[str, Any]:
    """The fields of a job: from the service, or from the ledger if the service cannot be asked."""
    from ionqdsl.cloud.states import STATES

    entry = _entry(name)
    if entry is None:
        return after.client_of(arguments, terminal).job(name).refresh()
    about = {"backend": entry.backend, "shots": entry.shots, "name": entry.name, "tag": entry.tag}
    pending = [part for part in entry.parts if not part.job_id]
    if pending:
        return {**about, "id": entry.tag, "status": STATES[pending[0].state].meaning}
    try:
        return {**about, **after.client_of(arguments, terminal, entry).handle(entry).refresh()}
    except (KeyRefused, ServiceError) as error:
        reason = error.diagnostics[0].message
        terminal.report([Diagnostic("QC0920", facts={"id": name, "reason": reason})])
        return {**about, "id": entry.id, "status": entry.parts[0].status}


def _wait(arguments: argparse.Namespace, terminal: Terminal) -> int:
    from ionqdsl.cli.remote import finish  # late: it imports requests

    if len(arguments.ids) != 1:
        return _wait_for_many(arguments, terminal)
    (name,) = arguments.ids
    entry = _entry(name)
    client = after.client_of(arguments, terminal, entry)
    job = client.job(name) if entry is None else client.handle(entry)
    timeout = 0.0 if arguments.action == "results" else arguments.timeout
    if entry is None and timeout is not None:
        job.refresh()  # else an id that does not exist would be a job that is not over yet
    return finish(job, timeout, terminal, {"id": job.id}, view_of(arguments))


def _wait_for_many(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Waits by the service's list and records results in the ledger; without ids, for all unfinished jobs from here."""
    from ionqdsl.cloud.pace import Pace

    client = after.client_of(arguments, terminal)
    names = arguments.ids or client.running()
    if not names:
        terminal.say("every job submitted from here is over")
    client.link.pace = Pace(arguments.rate)
    try:
        tally = client.collect(names, arguments.timeout, lambda tally: terminal.progress(tally.line()))
    except KeyboardInterrupt:
        terminal.progress("")
        terminal.say("the jobs continue; the same command continues to wait", always=True)
        raise
    terminal.progress("")
    for error in tally.problems.values():
        terminal.report(error.diagnostics)
    show_jobs(
        [{"id": job_id, "status": status} for job_id, status in tally.statuses.items()], terminal, ("id", "status")
    )
    if tally.waiting:
        return EXIT_CODES["WaitTimedOut"]
    failed = tally.problems or any(status != "completed" for status in tally.statuses.values())
    return EXIT_CODES["JobFailed"] if failed else 0


def _cancel(arguments: argparse.Namespace, terminal: Terminal) -> int:
    code = 0
    done = []
    for name in arguments.ids:
        try:
            outcome = after.client_of(arguments, terminal, _entry(name)).cancel(name)
        except IonqdslError as error:
            terminal.report(error.diagnostics)
            code = code or terminal.code_of(error)
            continue
        done.append({"id": name, "status": outcome})
        terminal.data(f"{name} {outcome}")
    terminal.answer(jobs=done)
    return code


def _recover(arguments: argparse.Namespace, terminal: Terminal) -> int:
    client = after.client_of(arguments, terminal)
    recovered = client.recover()
    terminal.progress("")
    code = 0
    rows = []
    for entry, error in recovered:
        if error is not None:
            terminal.report(error.diagnostics)
            code = code or terminal.code_of(error)
        ids = [part.job_id for part in entry.parts if part.job_id]
        rows.append({"tag": entry.tag, "name": entry.name, "jobs": ids, "open": entry.is_open})
        outcome = "still open" if entry.is_open else "submitted" if ids else "refused"
        terminal.data(f"{entry.tag} {outcome}{''.join(f' {job_id}' for job_id in ids)}")
    if not recovered:
        terminal.say("no submission is open")
    canceled = _cancel_doubles(client, arguments, terminal)
    terminal.answer(submissions=rows, canceled=canceled)
    return code


def _doubles(arguments: argparse.Namespace, terminal: Terminal) -> None:
    """Looks for doubles of submissions that may have some, and reports them; an error does not prevent the list."""
    with suppress(IonqdslError):
        after.client_of(arguments, terminal).doubles()


def _cancel_doubles(client: Client, arguments: argparse.Namespace, terminal: Terminal) -> list[str]:
    """Asks whether to cancel the reported doubles, and cancels them; without a terminal only with --yes."""
    here = [entry for entry in client.ledger.watched() if entry.url == client.url]
    ids = [job_id for entry in here for part in entry.parts for job_id in part.doubles]
    if not ids or not (arguments.yes or terminal.asks(f"cancel {', '.join(ids)}? [y/N] ")):
        return []
    for job_id in ids:
        client.cancel(job_id)
        terminal.data(f"{job_id} canceled")
    return ids


def _entry(name: str) -> Any:
    """The ledger's entry for a job or a tag; None if there is none, or no usable ledger."""
    from ionqdsl.cloud.ledger import Ledger
    from ionqdsl.diagnostics import UsageError

    try:
        with Ledger() as ledger:
            found = ledger.find(name)
            return found and found.named(name)
    except UsageError:
        return None  # the service's answer can still be shown


def show_jobs(jobs: Sequence[Mapping[str, Any]], terminal: Terminal, names: Sequence[str] = _COLUMNS) -> int:
    """Shows a table of jobs."""
    from ionqdsl.cloud.submit import clean

    extra = [key for key in ("tag", "doubles") if any(job.get(key) for job in jobs)]
    shown = [{key: job.get(key) for key in (*names, *extra) if key in names or job.get(key)} for job in jobs]
    rows = [tuple("-" if job[key] in (None, "") else clean(job[key], 60) for key in names) for job in shown]
    terminal.data("\n".join(columns(tuple(names), rows, left=len(names))))
    terminal.answer(jobs=shown)
    return 0


# -- the table ---------------------------------------------------------------------------------------------------

NONE, ONE, SOME, ANY = range(1), range(1, 2), range(1, 1_000_000), range(1_000_000)


class Action(NamedTuple):
    """One action: its function, and the numbers of ids that it takes."""

    run: Callable[[argparse.Namespace, Terminal], int]
    counts: range


ACTIONS: dict[str, Action] = {
    "list": Action(_list, NONE),
    "show": Action(_show, SOME),
    "wait": Action(_wait, ANY),
    "results": Action(_wait, ONE),
    "cancel": Action(_cancel, SOME),
    "cost": Action(after.cost, SOME),
    "compiled": Action(after.compiled, ONE),
    "variants": Action(after.variants, ONE),
    "clone": Action(after.clone, ONE),
    "delete": Action(after.delete, SOME),
    "recover": Action(_recover, NONE),
}
"""Name of an action -> the action."""
