"""One process of the campaign: submits, is killed, and comes back.

    python worker.py URL STATE LOG WORKER WORKERS COUNT STRIDE SECONDS [naive]

The process that is killed is a child, forked again each time; the last words to a user before the end, the id of a
job, stand in the log.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from typing import Any

from scenarios import Scenario, scenarios

import ionqdsl.pipeline as stages
from ionqdsl.cloud import submit as answers
from ionqdsl.cloud.asking import Timing
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.draft import prepare
from ionqdsl.cloud.key import find
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.cloud.pace import Pace
from ionqdsl.cloud.states import Patience
from ionqdsl.cloud.submit import Request
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import IonqdslError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.targets import PROFILES

PROGRAM = 'job {{ name = "{}"; backend = "simulator" }}\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n'
ONE_GATE = {"qubits": 1, "gateset": "qis", "circuit": [{"gate": "h", "target": 0}]}
PATIENCE = Patience(soon=(0.0, 0.05), later=(0.0, 0.05, 0.1, 0.4), pages=1, margin=60.0)
HEADER = "x-emulator-fault"
TRIES = 12
KILLS = 40
"""More steps than a submission without faults has: kills after the end do nothing."""


class Steps:
    """Counts the steps of the process, and ends it at the given one."""

    def __init__(self) -> None:
        self.kill = self.count = 0
        self.faults: dict[str, list[str]] = defaultdict(list)

    def prepare(self, scenario: Scenario, is_first: bool) -> None:
        """Faults and the end, for the first time a scenario is played; later it is left in peace."""
        self.count, self.kill = 0, scenario.kill if is_first else 0
        self.faults.clear()
        for step, fault in scenario.faults if is_first else ():
            self.faults[step].append(fault)

    def step(self) -> None:
        """A place where the power may fail."""
        self.count += 1
        if self.count == self.kill:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str) -> None:
        """Makes a step before and after a method."""
        method = getattr(owner, name)

        def both(*arguments: Any, **keywords: Any) -> Any:
            self.step()
            result = method(*arguments, **keywords)
            self.step()
            return result

        setattr(owner, name, both)

    def inside_transactions(self) -> None:
        """And one before each COMMIT."""
        method = Ledger._writing

        @contextmanager
        def writing(ledger: Ledger, *arguments: Any, **keywords: Any) -> Any:
            with method(ledger, *arguments, **keywords) as connection:
                yield connection
                self.step()

        Ledger._writing = writing  # type: ignore[method-assign]

    def on_the_wire(self) -> None:
        """Faults by header, and an end in mid-request: after the bytes have left, before the answer is there."""
        method = Transport._exchange

        def exchange(transport: Transport, session: Any, request: Request, url: str) -> Any:
            faults = self.faults.get(kind_of(request))
            fault = faults.pop(0) if faults else None
            self.count += 1
            if self.count == self.kill:
                fault = "slow(0.5)"
                threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGKILL)).start()
            if fault is not None:
                session.headers[HEADER] = fault
            try:
                return method(transport, session, request, url)
            finally:
                session.headers.pop(HEADER, None)

        Transport._exchange = exchange  # type: ignore[method-assign]


def kind_of(request: Request) -> str:
    """The step of the conversation a request belongs to."""
    path = request.path.split("?")[0].split("/")
    return f"{request.method} /jobs" + "/ID" * (len(path) > 2) + "/results" * (len(path) > 3)


class Log:
    """The log that the world sees: its lines are there even if the process is gone a moment later."""

    def __init__(self, path: str) -> None:
        self.path = path

    def write(self, *words: object) -> None:
        """One line, at once."""
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, (" ".join(map(str, words)) + "\n").encode())
        os.close(file)

    def read(self) -> list[list[str]]:
        """All lines."""
        if not os.path.exists(self.path):
            return []
        with open(self.path) as file:
            return [line.split() for line in file]


def play(scenario: Scenario, is_first: bool, steps: Steps, url: str, log: Log) -> None:
    """Submits until it is confirmed and fetches the result, as a patient user does."""
    told = {words[1]: words[2] for words in log.read() if words[0] == "told"}
    steps.prepare(scenario, is_first)
    timing = Timing(patience=PATIENCE)
    client = Client(url, timing=timing, warn=lambda diagnostic: log.write("warned", scenario.name, diagnostic.code))
    client.link.pace = Pace(1e6, 1e6)
    job_id = told.get(scenario.name)
    last: object = None
    for attempt in range(TRIES):
        try:
            if job_id is None and (attempt or not is_first) and scenario.again == "recover":
                client.recover(mine(client, scenario))
                job_id = known(client, scenario)
            if job_id is None:
                job_id = sent(client, scenario, log)
            client.job(job_id).wait(30.0)
            client.job(job_id).result()
            client.close()
            return
        except IonqdslError as error:
            log.write("error", scenario.name, error.diagnostics[0].code)
            last = error
            job_id = job_id or {words[1]: words[2] for words in log.read() if words[0] == "told"}.get(scenario.name)
    raise SystemExit(f"{scenario} was not finished in {TRIES} tries: {last}")


def sent(client: Client, scenario: Scenario, log: Log) -> str:
    """One `submit`; the user sees the id in the moment it is told."""
    source = Source(PROGRAM.format(scenario.name), f"{scenario.name}.qc")
    made, _ = prepare(stages.load(source)[0], PROFILES["v0.4"], {}, source)
    return client.send(made, lambda job: log.write("told", scenario.name, job.id)).id


def mine(client: Client, scenario: Scenario) -> list[str]:
    """The tags `jobs recover` is to look after; other processes are at work on the rest."""
    return [entry.tag for entry in client.ledger.unfinished() if entry.name == scenario.name]


def known(client: Client, scenario: Scenario) -> str | None:
    """The job that `jobs list` shows under the name."""
    found = [entry for entry in client.ledger.latest() if entry.name == scenario.name]
    return next((part.job_id for entry in found for part in entry.parts if part.job_id), None)


def naive(scenario: Scenario, steps: Steps, url: str, log: Log) -> None:
    """The way of most clients: they send again after whatever looks temporary."""
    steps.prepare(scenario._replace(kill=0), True)  # a client without a memory is not killed
    transport = Transport(find(), url)
    body = {"type": "ionq.circuit.v1", "name": scenario.name, "backend": "simulator", "input": ONE_GATE}
    for _ in range(TRIES):
        reply = transport.send(Request("POST", "/jobs", json.dumps(body).encode()))
        if isinstance(reply, answers.Answer) and (reply.status < 300 or 400 <= reply.status < 500):
            return


def is_begun(log: Log, scenario: Scenario) -> bool:
    """Whether a scenario has been cut off in the middle: then it is played to its end."""
    return ["begun", scenario.name] in log.read()


def main(
    url: str, state: str, path: str, worker: str, workers: str, count: str, stride: str, seconds: str, mode: str = ""
) -> None:
    """Plays this worker's share of the scenarios, in children that may die."""
    os.environ["IONQDSL_STATE"] = state
    answers.FIRST_PAUSE = 0.02
    answers.LONGEST_PAUSE = 1.0
    steps, log = Steps(), Log(path)
    steps.on_the_wire()
    if mode != "naive":
        for name in ("intend", "claim", "move", "release", "note", "keep"):
            steps.around(Ledger, name)
        steps.inside_transactions()
    stages.load(Source(PROGRAM.format("warm"), "warm.qc"))  # children inherit its imports and texts
    todo = scenarios(int(count), KILLS, int(stride))[int(worker) :: int(workers)]
    end = time.monotonic() + float(seconds)
    while True:
        done = {words[1] for words in log.read() if words[0] == "done"}
        left = [scenario for scenario in todo if scenario.name not in done]
        if not left or (time.monotonic() > end and not is_begun(log, left[0])):
            break
        child = os.fork()
        if child == 0:
            for scenario in left:
                if time.monotonic() > end and not is_begun(log, scenario):
                    break
                if mode == "naive":
                    naive(scenario, steps, url, log)
                else:
                    log.write("begun", scenario.name)
                    begun = sum(words[:2] == ["begun", scenario.name] for words in log.read())
                    play(scenario, begun == 1, steps, url, log)
                log.write("done", scenario.name, steps.count)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            log.write("killed", left[0].name)
        elif status:
            sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
