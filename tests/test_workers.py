"""Work in other processes: the results are those of one process, whichever processes end in the middle of it.

Would catch a result that depends on where it was computed, results out of order, lost or doubled ones, places of
diagnostics that no longer point into the program, and processes that stay.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest
from commands import command

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl import workers
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.options import Options
from ionqdsl.ir.points import FamilyPoint
from ionqdsl.workers import Workers, processes
from ionqdsl.workers.parcels import Parcel

SWEPT = """
param t = 0
qubit q[3]
ry(t) q[0]
cnot q[0], q[1]
rz(t / 3) q[1]
cnot q[0], q[2]
ry(t) q[2]
"""


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything goes to other processes, however little it is."""
    monkeypatch.setattr(workers, "ALONE", 0.0)


@pytest.fixture(scope="module")
def two() -> Iterator[Workers]:
    with Workers(2) as both:
        yield both


class Threads:
    """An executor of threads that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.inner = ThreadPoolExecutor(2)

    def submit(self, function: Any, /, *arguments: Any) -> Future[Any]:
        """Starts a call whose arguments travel as between processes."""
        self.calls += 1
        return self.inner.submit(lambda: function(*pickle.loads(pickle.dumps(arguments))))


@pytest.mark.parametrize(
    ("seconds", "count", "starts_after"),
    [(1 / 64, 100, None), (1 / 64, 1000, 65), (0.25, 16, 5), (0.25, 12, None), (3.0, 3, 1), (3.0, 2, None)],
)
def test_processes_are_started_only_where_they_save_time(
    seconds: float, count: int, starts_after: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second of work is done here first, and half of the rest has to be another one; the clock is ours."""
    now, sent = [0.0], list[int]()

    def work(number: int) -> int:
        now[0] += seconds
        return number

    def elsewhere(_: Any, function: Any, waiting: Iterator[tuple[int]], size: int) -> Iterator[int]:
        left = [*waiting]
        sent.append(count - len(left))
        return (function(*each) for each in left)

    monkeypatch.setattr(workers, "monotonic", lambda: now[0])
    monkeypatch.setattr(Workers, "_elsewhere", elsewhere)
    assert [*Workers(2).each(work, [(number,) for number in range(count)])] == [*range(count)]
    assert sent == ([] if starts_after is None else [starts_after])


# --- parcels ---------------------------------------------------------------------------------------------------------


def test_an_answer_points_into_the_sources_of_its_parcel() -> None:
    source, other = Source("qubit q\n" * 1000), Source("h q\n")
    parcel = Parcel([Span(source, 3, 5), Span(other, 0, 1), Span(source, 8, 9)])
    data = pickle.dumps(parcel)
    assert len(data) < len(source.text) + 1000  # its text once
    arrived = pickle.loads(data)
    first, second, third = arrived.contents
    assert first.source is third.source is not source
    assert (first.source.text, second.source.text, first[1:]) == (source.text, other.text, (3, 5))
    new = Source("x q\n")
    answer = parcel.opened(arrived.answered([third, second, Span(new, 0, 1)]))
    assert answer[0].source is source
    assert answer[1].source is other
    assert answer[2].source.text == new.text


def test_what_travels_is_itself_in_another_process(tmp_path: Path) -> None:
    theta = iq.param("theta")
    circuit = iq.compile(iq.Circuit(2).rx(theta, 0).cnot(0, 1), "forte")
    angle = Angle.of("theta", turns=1)
    hash(angle)  # is kept, and is another in every process
    with pytest.raises(CompileError) as caught:
        iq.run("param t\nqubit q; rx(t) q")
    things = [angle, circuit, circuit.sweep(theta=np.linspace(0, 3, 5)), caught.value, iq.program(SWEPT)]
    (tmp_path / "things").write_bytes(pickle.dumps(things))
    text = f"""
        import pickle, pathlib, numpy as np, ionqdsl as iq
        from ionqdsl.ir.angle import Angle
        angle, circuit, sweep, error, program = pickle.loads(pathlib.Path({str(tmp_path / "things")!r}).read_bytes())
        assert {{angle: 1}}[Angle.of("theta", turns=1)] == 1
        assert len(sweep) == 5
        assert sweep[3] == circuit.bind(theta=np.linspace(0, 3, 5)[3])
        assert type(error) is iq.CompileError and str(error) == {str(caught.value)!r}
        assert [len(circuit) for circuit in program] == [5]
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(text)], check=True)


def test_a_point_of_a_sweep_travels_alone() -> None:
    values = ", ".join(str(number / 1000) for number in range(1000))
    program, _ = stages.load(Source(SWEPT), {}, {"t": f"[{values}]"})
    point = program.runs[7]
    assert isinstance(point, FamilyPoint)
    assert len(pickle.dumps(point)) < 2000
    assert pickle.loads(pickle.dumps(point)) == point


# --- each ------------------------------------------------------------------------------------------------------------


def square(number: int) -> int:
    if number < 0:
        raise CompileError([Diagnostic("QC0401")])
    return number * number


def end_once(number: int, folder: str) -> int:
    """Ends its own process, the first time that it comes to 5."""
    mark = Path(folder, "ended")
    if number == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("are_long", [False, True])
def test_results_are_in_order(two: Workers, are_long: bool) -> None:
    calls = [(number,) for number in range(300)]
    assert list(two.each(square, calls, are_long=are_long)) == [number * number for number in range(300)]
    assert list(two.each(square, [], are_long=are_long)) == []


def threads_when_both_are_here(folder: str) -> tuple[int, str | None]:
    """The process and its setting, after the other process has come to this call too."""
    Path(folder, str(os.getpid())).touch()
    until = monotonic() + 30
    while len(list(Path(folder).iterdir())) < 2 and monotonic() < until:
        sleep(0.01)
    return os.getpid(), os.getenv("OMP_NUM_THREADS")


def test_each_process_has_one_thread_and_the_environment_stays(tmp_path: Path) -> None:
    before = dict(os.environ)
    with Workers(2) as both:
        first, second = both.each(threads_when_both_are_here, [(str(tmp_path),)] * 2, are_long=True)
    assert dict(os.environ) == before
    assert first[0] != second[0]
    assert first[1] == second[1] == before.get("OMP_NUM_THREADS", "1")


def test_a_wide_state_needs_this_process_alone() -> None:
    with Workers(3).for_states([5, 20]) as several, Workers(3).for_states([5, 21]) as one:
        assert (several.processes, one.processes) == (3, 1)


def test_short_work_starts_no_process() -> None:
    with Workers(2) as both:
        assert list(both.each(square, [(2,), (3,)])) == [4, 9]
        assert both._pool is None


@pytest.mark.usefixtures("at_once")
def test_an_error_comes_after_the_results_before_it(two: Workers) -> None:
    results = two.each(square, [(number,) for number in (1, 2, 3, 4, 5, -1, 7)], are_long=True)
    assert [next(results) for _ in range(5)] == [1, 4, 9, 16, 25]
    with pytest.raises(CompileError) as caught:
        next(results)
    assert caught.value.diagnostics[0].code == "QC0401"


def test_calls_sent_to_a_pool_that_has_just_broken_are_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pool may learn of a process that ended between two calls; it takes no more calls then."""
    submit, sent = ProcessPoolExecutor.submit, []

    def breaks(pool: ProcessPoolExecutor, *call: Any) -> Future[Any]:
        sent.append(call)
        if len(sent) == 3:
            raise BrokenProcessPool
        return submit(pool, *call)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", breaks)
    with Workers(2) as both:
        assert list(both.each(square, [(number,) for number in range(9)], are_long=True)) == [k * k for k in range(9)]
    assert len(sent) > 9


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_process_that_ends_loses_nothing(tmp_path: Path) -> None:
    with Workers(2) as both:
        results = list(both.each(end_once, [(number, str(tmp_path)) for number in range(40)], are_long=True))
    assert results == list(range(40))
    assert (tmp_path / "ended").exists()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_work_that_ends_every_process_ends_here_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LOSSES", 1)
    with Workers(2) as both, pytest.raises(UsageError, match="signal 9") as caught:
        list(both.each(signal.raise_signal, [(signal.SIGKILL,)] * 2, are_long=True))
    assert caught.value.diagnostics[0].code == "QC0668"


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_signal_leaves_no_process(number: int, code: int) -> None:
    """They would wait for work for ever, and hold the pipes: `communicate` comes back when the last one has ended."""
    script = """
        from os import getpid
        from time import sleep
        from ionqdsl.workers import Workers
        with Workers(2) as both:
            print(len(list(both.each(getpid, [()] * 2, are_long=True))), flush=True)
            list(both.each(sleep, [(600,)] * 2, are_long=True))
    """
    words = [sys.executable, "-c", textwrap.dedent(script)]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "2\n"
    child.send_signal(number)
    try:
        _, err = child.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        raise
    assert child.returncode == code
    if number == signal.SIGTERM:  # after SIGKILL Python itself warns that it removes semaphores
        assert err == ""


def test_no_thread_of_a_pool_outlives_its_processes() -> None:
    """Python, if it ends while such a thread closes its pipe, shows a traceback."""
    before = {*threading.enumerate()}
    with Workers(2) as both:
        results = both.each(sleep, [(0.01,), (600,)], are_long=True)
        next(results)
        assert {*threading.enumerate()} > before
        results.close()  # type: ignore[attr-defined]
        assert {*threading.enumerate()} <= before


def test_processes_end_in_the_middle_of_large_answers() -> None:
    """The thread that reads an answer would wait for the rest for ever, and Python for the thread."""
    before = {*threading.enumerate()}
    with Workers(2) as both:
        results = both.each(bytes, [(60_000_000,)] * 9, are_long=True)
        next(results)
        results.close()  # type: ignore[attr-defined]
        assert {*threading.enumerate()} <= before


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_waits_until_a_process_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half started, the process would show a traceback, and its pool would not end it."""
    done: list[str] = []

    def start(_: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        done.append("started")

    monkeypatch.setattr(processes.SpawnProcess, "start", start)
    monkeypatch.setattr(processes.SpawnProcess, "kill", lambda _: done.append("killed"))
    with pytest.raises(KeyboardInterrupt):
        processes._Context().Process().start()
    assert done == ["started", "killed"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class Mine(int):
    """A class of a script, as far as pickle knows."""


Mine.__module__ = "__main__"


@pytest.mark.usefixtures("at_once")
def test_what_only_the_script_knows_stays_here() -> None:
    class Ours(int):
        pass

    calls = [(number,) for number in (1, Mine(-2), Ours(-3), 4)]
    for several in (Workers(2), Workers(executor=Threads())):
        with several:
            assert list(several.each(abs, calls, are_long=True)) == [1, 2, 3, 4]


def test_processes_start_from_a_script_on_standard_input() -> None:
    """It has no file that they could read, and no `if __name__ == "__main__"`."""
    script = """
        from math import sqrt
        from ionqdsl.workers import Workers
        with Workers(2) as both:
            print(list(both.each(sqrt, [(4,), (9,)], are_long=True)))
    """
    done = subprocess.run(
        [sys.executable, "-"], input=textwrap.dedent(script), capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[2.0, 3.0]\n", "")


def test_an_executor_does_the_work_where_it_likes() -> None:
    threads = Threads()
    assert list(Workers(executor=threads).each(square, [(1,), (2,), (3,)], are_long=True)) == [1, 4, 9]
    assert threads.calls == 3


class Ended:
    """An executor that takes no work, or loses it."""

    def __init__(self, error: Exception, takes: bool) -> None:
        self.error, self.takes = error, takes

    def submit(self, _function: Any, /, *_arguments: Any) -> Future[Any]:
        """Starts nothing."""
        if not self.takes:
            raise self.error
        future: Future[Any] = Future()
        future.set_exception(self.error)
        return future


@pytest.mark.parametrize(
    "executor",
    [
        Ended(BrokenProcessPool("ended abruptly"), takes=True),
        Ended(BrokenProcessPool("ended abruptly"), takes=False),
        Ended(CancelledError(), takes=True),
        Ended(RuntimeError("cannot schedule new futures after shutdown"), takes=False),
    ],
)
def test_an_executor_that_ends_is_an_error_with_a_code(executor: Ended) -> None:
    """It belongs to somebody else, so it is not started again."""
    with pytest.raises(UsageError) as caught:
        list(Workers(executor=executor).each(square, [(1,), (2,)], are_long=True))
    assert caught.value.diagnostics[0].code == "QC0662"


def test_an_error_of_the_work_stays_itself_in_an_executor() -> None:
    with pytest.raises(CompileError) as caught:
        list(Workers(executor=Threads()).each(square, [(-1,)], are_long=True))
    assert caught.value.diagnostics[0].code == "QC0401"


def test_a_worker_of_another_version_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        workers._served(Parcel((square, [(1,)])), "0.0.1")
    assert caught.value.diagnostics[0].code == "QC0661"


# --- compiling and running ------------------------------------------------------------------------------------------


def transpiled(text: str, level: int, used: Workers | None) -> tuple[Any, ...]:
    program, _ = stages.load(Source(text), {}, {"t": "[0, 0.3, 0.4, pi / 2, 1, 1.5]"})
    result, warnings, reports = stages.transpile(
        program, Options("aria", level, effort=0.2, verify=True), may_vanish=True, workers=used
    )
    spans = [span for run in result.runs for span in run.origins if span is not None]
    assert all(span.source is program.runs[0].origins[0].source for span in spans)  # type: ignore[union-attr]
    facts = [(report.circuit, report.level, report.verdict) for report in reports]
    return [(run.name, run.rows, run.phase, run.inputs, run.registers) for run in result.runs], warnings, facts


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("level", [0, 2, 3])
def test_several_compile_to_the_same_circuits(two: Workers, level: int) -> None:
    text = SWEPT
    alone = transpiled(text, level, None)
    assert transpiled(text, level, two) == alone
    assert transpiled(text, level, Workers(executor=Threads())) == alone


@pytest.mark.usefixtures("at_once")
def test_several_find_the_same_errors(two: Workers) -> None:
    text = "param t\ngateset native\nqubit q[2]\ngpi2(t) q[0]\nverbatim { ms(0, 0, 0.4) q[0], q[1] }\n"
    program, _ = stages.load(Source(text), {}, {"t": "[0, 1, 2]"})
    errors = []
    for used in (None, two):
        with pytest.raises(CompileError) as caught:
            stages.transpile(program, Options("aria"), workers=used)
        errors.append(caught.value)
    assert errors[0].diagnostics == errors[1].diagnostics
    assert str(errors[0]) == str(errors[1])


@pytest.mark.usefixtures("at_once")
def test_the_python_api_takes_an_executor() -> None:
    circuits = [iq.Circuit(2).rx(0.1 * number, 0).cnot(0, 1) for number in range(1, 4)]
    threads = Threads()
    compiled = iq.compile(circuits, "aria", executor=threads)
    assert list(compiled) == list(iq.compile(circuits, "aria"))
    assert len(compiled) == 3
    assert threads.calls
    for executor in (threads, 2):
        noisy = iq.run(circuits, 50, 7, "aria-1", executor=executor)
        assert [result.counts for result in noisy] == [result.counts for result in iq.run(circuits, 50, 7, "aria-1")]
    outcomes = iq.test('test "t" for i in range(3) { qubit q; expect value(q) == 0 }', executor=threads)
    assert [bool(outcome) for outcome in outcomes] == [True] * 3
    for wrong in ("two", 2.5, 0):
        with pytest.raises((CompileError, UsageError), match="processes"):
            iq.compile(circuits, executor=wrong)


ENERGY = """
param a = 0.3
param t
circuit ansatz { qubit q[2]; ry(t + a) q[0]; cnot q[0], q[1]; rx(t) q[1] }
hamiltonian h = X[0]*X[1] + 0.5*Z[0] - Y[1]
energy { hamiltonian = h; ansatz = ansatz; params = [0.4] }
"""


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("noise", [None, "aria-1"])
def test_energies_and_minima_are_the_same(noise: str | None) -> None:
    threads = Threads()
    job = f'job {{ shots = 300; noise {{ model = "{noise}"; seed = 3 }} }}' if noise else "job { shots = 300 }"
    swept = iq.program(job + ENERGY, sweeps={"a": [0.1, 0.2, 0.3]})
    values = [iq.run(swept, seed=5, executor=executor) for executor in (None, threads)]
    assert len(values[0]) == 3
    assert [one.value for one in values[0]] == [one.value for one in values[1]]
    calls = threads.calls
    assert calls
    minima = [
        iq.minimize(ENERGY, method="L-BFGS-B", shots=100, noise=noise, seed=2, max_evaluations=3, executor=executor)
        for executor in (None, threads)
    ]
    assert minima[0] == minima[1]
    assert threads.calls > calls


def test_the_number_of_processes_changes_no_byte(tmp_path: Path) -> None:
    path = tmp_path / "swept.qc"
    path.write_text(SWEPT)
    flags = ("--sweep", "t=linspace(0, 3, 6)", "--target", "forte", "-O3", "--effort", "0.1")
    one, several = (command("compile", str(path), *flags, "-j", number) for number in ("1", "3"))
    assert (one.returncode, several.returncode) == (0, 0), one.stderr + several.stderr
    assert one.stdout == several.stdout
    assert len(json.loads(one.stdout)["input"]["circuits"]) == 6


def test_no_cluster_is_an_error_with_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 0.2)
    path = tmp_path / "one.qc"
    path.write_text("qubit q\nh q\n")
    for address in ("tcp://127.0.0.1:9", "nowhere", "http://127.0.0.1:9"):
        assert main(["compile", str(path), "--cluster", address]) == 2
        said = capsys.readouterr().err
        assert "QC0660" in said
        assert address in said
