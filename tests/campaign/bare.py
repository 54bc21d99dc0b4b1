"""The campaign's second half: submissions to a service of bare sockets, several processes and threads on one ledger.

    python bare.py PORT WORKER WORKERS COUNT STRIDE [naive]        (one process; `bare` starts them)

Everything the service answers is one of troubles.py's rows. In the end its jobs are compared with the
ledger, and the same rows are played to a client that retries as most do.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import requests
from raw_service import Account, RawService
from troubles import SLOW_SECONDS, Trouble, troubles
from waiting import wait

import ionqdsl.pipeline as stages
from ionqdsl.cloud import submit as answers
from ionqdsl.cloud import transport
from ionqdsl.cloud.asking import Timing
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.draft import prepare
from ionqdsl.cloud.ledger import FILE, Ledger, Submission
from ionqdsl.cloud.pace import Pace
from ionqdsl.cloud.states import Patience
from ionqdsl.diagnostics import IonqdslError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.targets import PROFILES

HERE = Path(__file__).parent
PATIENCE = Patience(soon=(0.0,), later=(0.0, 0.0, 0.0), after=(0.0,), pages=1)
PROGRAM = 'job {{ name = "{}"; backend = "simulator" }}\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n'
TRIES = 3
THREADS = 4
RETRIED = {429, *range(500, 600)}
"""After these the naive client sends again, and after any trouble with the connection, as most clients do."""


def client_of(url: str, ledger: Ledger) -> Client:
    """A client in a hurry."""
    timing = Timing(patience=PATIENCE, chance=lambda: 0.0)
    found = Client(url, ledger=ledger, warn=lambda diagnostic: None, timing=timing)
    found.link.pace = Pace(1e6, 1e6)
    return found


def play(trouble: Trouble, url: str, ledger: Ledger) -> None:
    """Submits, and where it stays open, recovers, as a patient user does."""
    with client_of(url, ledger) as client:
        source = Source(PROGRAM.format(trouble.name), f"{trouble.name}.qc")
        made, _ = prepare(stages.load(source)[0], PROFILES["v0.4"], {}, source)
        try:
            client.send(made)
        except IonqdslError:
            for _ in range(TRIES):
                if not any(entry.tag == made.tag for entry in ledger.unfinished()):
                    return
                try:
                    client.recover([made.tag])
                except IonqdslError:
                    continue


def naive(trouble: Trouble, url: str) -> None:
    """Sends, and sends again after whatever looks temporary; follows redirects; a seeming refusal ends it."""
    body = {"type": "ionq.circuit.v1", "name": trouble.name, "backend": "simulator", "input": {}}
    for _ in range(TRIES):
        try:
            reply = requests.post(f"{url}/jobs", json=body, timeout=SLOW_SECONDS / 2)
            if reply.status_code in RETRIED:
                continue
            told = reply.json().get("id") if reply.ok else None
        except (requests.RequestException, ValueError, AttributeError):
            continue
        requests.put(f"{url}/told/{told if isinstance(told, str) else 'refused'}", timeout=30)
        return


def work(port: str, worker: str, workers: str, count: str, stride: str, mode: str = "") -> None:
    """Plays this process's share, in threads."""
    answers.FIRST_PAUSE = 0.0
    answers.PATIENCE = TRIES
    transport.READ_SECONDS = SLOW_SECONDS / 2
    share = troubles(int(count), int(stride))[int(worker) :: int(workers)]
    ledger = Ledger()

    def one(trouble: Trouble) -> None:
        url = f"http://127.0.0.1:{port}/{trouble.name}{mode}/v0.4"
        naive(trouble, url) if mode else play(trouble, url, ledger)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, share))
    ledger.close()


def _begun(service: RawService, rows: list[Trouble], mode: str = "") -> int:
    """The submissions of which the service has a job."""
    return sum(bool(service.accounts[f"{trouble.name}{mode}"].jobs) for trouble in rows)


def bare(folder: Path, processes: int, count: int, stride: int) -> dict[str, Any]:
    """All of it: the submissions, their ends, and those of a naive client in the same troubles."""
    started = time.monotonic()
    rows = troubles(count, stride)
    with RawService() as service:
        for trouble in rows:
            service.account(trouble.name, trouble.account())
            service.account(f"{trouble.name}naive", trouble.account())
        state = {**os.environ, "IONQDSL_STATE": str(folder / "bare")}
        state["PYTHONPATH"] = os.pathsep.join(map(str, (HERE.parent.parent, HERE.parent)))
        for mode in ((), ("naive",)):
            line = [sys.executable, str(HERE / "bare.py"), str(service.port)]
            share = [[str(n), str(processes), str(count), str(stride), *mode] for n in range(processes)]
            children = [subprocess.Popen([*line, *words], env=state) for words in share]
            wait(children, lambda mode=mode: f"{' '.join(('bare', *mode))}: {_begun(service, rows, *mode)} of {count}")
        ledger = Ledger(str(folder / "bare" / FILE))
        for trouble in rows:  # the list has caught up; a day's `jobs list` comes once
            for job in service.accounts[trouble.name].jobs:
                job.hidden = 0
        for entry in ledger.watched():
            with client_of(entry.url, ledger) as client:
                client.doubles([entry.tag])
        entries = {entry.name: entry for entry in ledger.latest()}
        ends = {row: end(row, entries.get(row.name), service.accounts[row.name]) for row in rows}
        fooled = [service.accounts[f"{row.name}naive"] for row in rows]
        posts = sum(service.accounts[row.name].asked.count("POST") for row in rows)
    with closing(sqlite3.connect(ledger.path)) as file:
        verdict = file.execute("PRAGMA integrity_check").fetchone()[0]
    for row, found in ends.items():
        if found in ("lost", "doubled"):
            print(found, row.number, row.kind, row.post.takes, row.list, file=sys.stderr)
    counts = Counter(ends.values())
    return {
        "submissions": count,
        "processes": processes,
        "posts": posts,
        "jobs": sum(len(service.accounts[row.name].jobs) for row in rows),
        "ends": dict(counts),
        "open": dict(Counter(row.list for row, found in ends.items() if found == "open")),
        "named": dict(Counter(row.list for row, found in ends.items() if found == "named double")),
        "seconds": round(time.monotonic() - started),
        "naive": {
            "doubled": sum(len(account.jobs) > 1 for account in fooled),
            "lost": sum(bool(account.jobs) and not _was_told(account) for account in fooled),
        },
        "broken": {
            "lost": counts["lost"],
            "doubled": counts["doubled"],
            "not_recorded_once": int(len(entries) != count or len(ledger.latest()) != count),
            "damage": 0 if verdict == "ok" else verdict,
        },
    }


def _was_told(account: Account) -> bool:
    return any(job.id in account.told for job in account.jobs)


def end(row: Trouble, entry: Submission | None, account: Account) -> str:
    """The end of a submission: `once`, `refused`, `open` or `named double` are as promised; the rest is not."""
    ids = [job.id for job in account.jobs]
    if entry is None:
        return "lost"
    part = entry.parts[0]
    if entry.is_open:
        return "open" if len(ids) < 2 and (len(ids) == 1 or not row.is_clear) else "lost"
    if part.state == "refused":
        return "lost" if ids else "refused"
    if part.job_id not in ids:
        return "lost"
    if len(ids) == 1:
        return "once"
    return "named double" if {part.job_id, *part.doubles} == set(ids) and not row.is_clear else "doubled"


if __name__ == "__main__":
    work(*sys.argv[1:])
