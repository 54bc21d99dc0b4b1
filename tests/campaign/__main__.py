"""The fault campaign: thousands of submissions, each with a fault or a sudden end, eight processes on one ledger.

    python tests/campaign [--count 2000] [--bare 5000] [--processes 8] [--naive 200] [--many 1000] [--large 9900000]

Counts the jobs of the service's emulator in the end: one per submission, no result lost, the ledger whole. A
client that sends again after every 5xx goes through the same faults and must come out with duplicates, or the campaign
proves nothing. So does a service of bare sockets that answers anything at all (bare.py). The whole takes an hour, and
says twice a minute how far it is. Prints one JSON object; exit code 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent)]

from bare import bare  # noqa: E402
from scenarios import LISTS, scenarios  # noqa: E402
from waiting import wait  # noqa: E402
from worker import KILLS, PROGRAM  # noqa: E402

import ionqdsl.pipeline as stages  # noqa: E402
from ionqdsl import emulator  # noqa: E402
from ionqdsl.cloud.asking import Timing  # noqa: E402
from ionqdsl.cloud.client import Client  # noqa: E402
from ionqdsl.cloud.draft import prepare  # noqa: E402
from ionqdsl.cloud.ledger import FILE, Ledger  # noqa: E402
from ionqdsl.cloud.pace import Pace  # noqa: E402
from ionqdsl.diagnostics import IonqdslError  # noqa: E402
from ionqdsl.diagnostics.source import Source  # noqa: E402
from ionqdsl.ir.targets import PROFILES  # noqa: E402
from ionqdsl.simulation.results import Result  # noqa: E402

KEY = "campaign-key-0123456789"
BELL = {"00": 0.5, "11": 0.5}


def workers(
    url: str, folder: Path, processes: int, count: int, stride: int, seconds: float, mode: str = ""
) -> list[list[str]]:
    """Runs all processes to their end; their logs, line by line."""
    state = str(folder / "state")
    logs = [folder / f"log{mode}{number}" for number in range(processes)]
    line = [sys.executable, str(HERE / "worker.py"), url, state]
    path = os.pathsep.join([str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "IONQ_API_KEY": KEY, "PYTHONPATH": path}
    children = [
        subprocess.Popen(
            [*line, str(log), str(number), str(processes), str(count), str(stride), str(seconds), mode], env=environment
        )
        for number, log in enumerate(logs)
    ]

    def lines() -> list[list[str]]:
        return [line.split() for log in logs if log.exists() for line in log.read_text().splitlines()]

    what = mode or "submissions"
    wait(children, lambda: f"{what}: {len({words[1] for words in lines() if words[0] == 'done'})} of {count}")
    return lines()


def submissions(folder: Path, processes: int, count: int, stride: int, seconds: float) -> dict[str, Any]:
    """The campaign itself. Every number that should be 0 stands under `broken`."""
    started = time.monotonic()
    with emulator.start(faults=LISTS) as service:
        lines = workers(service.url, folder, processes, count, stride, seconds)
        jobs = Counter(job["name"] for job in service.jobs())
        ids = {job["name"]: job["id"] for job in service.jobs()}
        posts = len(service.requests("POST", "/jobs"))
        url = service.url
    ledger = Ledger(str(folder / "state" / FILE))
    entries = ledger.latest()
    confirmed = Counter(entry.name for entry in entries if entry.parts[0].state == "confirmed")
    by_name = {entry.name: entry.parts[0].job_id for entry in entries if entry.parts[0].state == "confirmed"}
    names = sorted({words[1] for words in lines if words[0] == "done"})
    assert len(names) == count or seconds < time.monotonic() - started, "some were not played"
    offline = Client(
        url, ledger=ledger, timing=Timing(sleep=lambda seconds: None)
    )  # the service is gone: only kept answers can be had now
    kept = sum(is_kept(offline, job_id) for job_id in by_name.values() if job_id)
    with closing(sqlite3.connect(ledger.path)) as file:
        verdict = file.execute("PRAGMA integrity_check").fetchone()[0]
    kinds = Counter(words[0] for words in lines)
    guilty = [name for name in names if jobs[name] != 1 or confirmed[name] != 1]
    for name in guilty:
        print(scenarios(count, KILLS, stride)[int(name[1:])], [line for line in lines if name in line], file=sys.stderr)
    return {
        "submissions": len(names),
        "processes": processes,
        "posts": posts,
        "killed": kinds["killed"],
        "errors": dict(Counter(words[2] for words in lines if words[0] == "error").most_common()),
        "untold": len(ledger.unfinished()),  # confirmed, but the end came before it was noted that the user knows
        "steps": max(int(words[2]) for words in lines if words[0] == "done"),
        "kill_points": KILLS,
        "seconds": round(time.monotonic() - started),
        "broken": {
            "duplicates": sum(jobs[name] > 1 for name in names),
            "missing": sum(jobs[name] < 1 for name in names),
            "not_confirmed_once": sum(confirmed[name] != 1 for name in names),
            "wrong_id": sum(by_name.get(name) != ids.get(name) for name in names),
            "results_lost": len(names) - kept,
            "left_open": sum(entry.is_open for entry in entries),
            "damage": 0 if verdict == "ok" else verdict,
            "key_in_files": sum(KEY.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file()),
        },
    }


def is_kept(client: Client, job_id: str) -> bool:
    """Whether a result can be read without the service, and is the right one."""
    try:
        (result,) = client.job(job_id).results()
    except IonqdslError:
        return False
    return isinstance(result, Result) and {bits: round(p, 9) for bits, p in result.probabilities.items()} == BELL


def naive(folder: Path, processes: int, count: int) -> dict[str, Any]:
    """The same faults and a client that retries: it must come out with duplicates."""
    with emulator.start() as service:
        workers(service.url, folder, processes, count, 1, 3600.0, "naive")
        jobs = Counter(job["name"] for job in service.jobs())
    duplicates = sum(number > 1 for number in jobs.values())
    return {"submissions": count, "duplicates": duplicates, "broken": {"cannot_fail": int(duplicates == 0)}}


def many(folder: Path, count: int, limit: float) -> dict[str, Any]:
    """Jobs listed, waited for and collected below a limit of requests a second, in memory that does not grow."""
    os.environ["IONQDSL_STATE"] = str(folder / "many")
    with emulator.start() as service:
        client = Client(service.url, ledger=Ledger())
        client.link.pace = Pace(1e6, 1e6)
        names = [client.submit(PROGRAM.format(f"m{number}")).id for number in range(count)]
        before = len(service.requests())
        service.fault(f"rate({limit:g})@/**")
        client.link.pace = Pace(0.8 * limit, 1.0)
        sizes = []
        started = time.monotonic()
        tally = client.collect(
            names, None, lambda tally: sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        )
        seconds = time.monotonic() - started
        asked = service.requests()[before:]
        refused = sum("429" in str(note["status"]) or "rate" in str(note) for note in asked)
    kept = sum(len(client.job(name).result().probabilities) == 2 for name in names[:: max(1, count // 50)])
    return {
        "jobs": count,
        "limit": limit,
        "requests": len(asked),
        "seconds": round(seconds),
        "growth_kb": sizes[-1] - sizes[len(sizes) // 4],
        "broken": {
            "waiting": len(tally.waiting),
            "problems": len(tally.problems),
            "over_the_limit": refused,
            "lost": len(names[:: max(1, count // 50)]) - kept,
        },
    }


def large(folder: Path, size: int) -> dict[str, Any]:
    """One job of many circuits, almost as large as the service takes."""
    os.environ["IONQDSL_STATE"] = str(folder / "large")
    row = "ms(0.123456789turn, 0.987654321turn, 0.123456789turn) q[0], q[1]\n"
    circuits = size // (86 * 100)
    text = 'job { backend = "simulator"; dry_run = true }\n' + "".join(
        f"circuit c{number} {{ gateset native\nqubit q[2]\n{row * 100} }}\n" for number in range(circuits)
    )
    made, _ = prepare(stages.load(Source(text))[0], PROFILES["v0.4"])
    with emulator.start() as service:
        with Client(service.url) as client:
            job = client.send(made)
        found = service.jobs()
        sent = len(job.jobs)
    return {
        "circuits": circuits,
        "bytes": sum(map(len, made.bodies)),
        "jobs": len(found),
        "broken": {"not_one": int(len(found) != sent)},
    }


def main() -> int:
    """All of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--bare", type=int, default=5000, help="submissions to the service of bare sockets")
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--naive", type=int, default=200)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--limit", type=float, default=30.0)
    parser.add_argument("--large", type=int, default=9_900_000)
    parser.add_argument("--seconds", type=float, default=36000.0, help="begin no submission after so long")
    parser.add_argument("--stride", type=int, default=1, help="play every so-manieth scenario")
    wanted = parser.parse_args()
    os.environ["IONQ_API_KEY"] = KEY
    report = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if wanted.count:
            report["submissions"] = submissions(folder, wanted.processes, wanted.count, wanted.stride, wanted.seconds)
        if wanted.bare:
            report["bare"] = bare(folder, wanted.processes, wanted.bare, wanted.stride)
            if wanted.bare >= 100:
                fooled = report["bare"]["naive"]
                report["bare"]["broken"]["cannot_fail"] = int(not (fooled["doubled"] and fooled["lost"]))
        if wanted.naive:
            report["naive"] = naive(folder, wanted.processes, wanted.naive)
        if wanted.many:
            report["many"] = many(folder, wanted.many, wanted.limit)
        if wanted.large:
            report["large"] = large(folder, wanted.large)
    print(json.dumps(report, indent=2))
    return int(any(number for part in report.values() for number in part["broken"].values()))


if __name__ == "__main__":
    sys.exit(main())
