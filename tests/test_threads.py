"""Calls shared by threads: the results are those of one thread, and threads stay within their limits.

Would catch results in the order in which they came, calls that go on after an error, threads in processes that are one
of many, and a fork that waits for threads which only the other process has.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from ionqdsl import __version__
from ionqdsl.algebra.compiled import HAS_KERNEL
from ionqdsl.algebra.interactions import Interaction, Interactions, Item
from ionqdsl.algebra.numeric_forms import numbers_of
from ionqdsl.algebra.rotations import IDENTITY, Vector
from ionqdsl.passes.interactions.use_interactions import _KernelSweep
from ionqdsl.passes.rotations import synthesise_paulis
from ionqdsl.passes.rotations.pauli_problems import Style
from ionqdsl.passes.rotations.synthesise_paulis import Syntheses, solved_in_styles
from ionqdsl.workers import Workers, _served, threads
from ionqdsl.workers.parcels import Parcel
from ionqdsl.workers.threads import at_most, shared
from tests.random_problems import random_folded


@pytest.fixture(autouse=True)
def _many_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(threads, "usable", lambda: 8)


def _limit(*_: object) -> int:
    return threads.threads()


@pytest.mark.parametrize("number", [1, 2, 5, 9])
def test_results_are_in_the_order_of_the_calls(number: int) -> None:
    assert shared(pow, [(base, 2) for base in range(7)], number) == [base * base for base in range(7)]
    assert shared(pow, [], number) == []


def test_calls_run_at_once() -> None:
    """Each waits for the others: one thread alone would wait in vain."""
    meeting = threading.Barrier(3, timeout=60)
    places = shared(lambda number: (number, meeting.wait())[0], [(number,) for number in range(3)], 3)
    assert places == [0, 1, 2]


@pytest.mark.parametrize("fails", [0, 1])
def test_an_error_is_raised_and_calls_that_wait_are_left_out(fails: int) -> None:
    begun: list[int] = []

    def call(number: int) -> None:
        begun.append(number)
        if number == fails:
            raise KeyboardInterrupt
        time.sleep(0.1)

    with pytest.raises(KeyboardInterrupt):
        shared(call, [(number,) for number in range(50)], 2)
    assert len(begun) < 25


def test_the_strictest_limit_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _limit() == 8
    with at_most(3):
        assert _limit() == 3
        with at_most(None):
            assert _limit() == 3
        with at_most(5):
            assert _limit() == 3
        monkeypatch.setenv("OMP_NUM_THREADS", "2")
        assert _limit() == 2
    assert _limit() == 2
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert _limit() == 8
    monkeypatch.setattr("sys.platform", "emscripten")
    assert _limit() == 1


def test_processes_are_the_most_threads() -> None:
    """`-j 1` means one thread; without a number there are as many as processors; a call among others has one."""
    for workers, most in ((Workers(1), 1), (Workers(3), 3), (Workers(), 8)):
        assert [*workers.each(_limit, [(0,), (1,)])] == [most, most]
    parcel = Parcel((_limit, [(0,)]))
    assert parcel.opened(_served(parcel, __version__)) == [1]
    assert _limit() == 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_has_threads_of_its_own() -> None:
    """It would wait for ever for those of the other process."""
    assert shared(pow, [(2, 2)] * 3, 3) == [4, 4, 4]
    child = os.fork()
    if not child:
        os._exit(sum(shared(pow, [(2, 2)] * 3, 3)))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 12
    assert shared(pow, [(2, 2)] * 3, 3) == [4, 4, 4]


@pytest.mark.skipif(not HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")
def test_any_number_of_threads_solves_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(os.environ.get("IONQDSL_SEED", "3"))
    styles = tuple([Style(draw.uniform(0.2, 0.7), draw.uniform(0, 0.3), 0.02) for _ in range(16)])
    several = [
        Syntheses(random_folded(draw, width, 30, 4), styles[:number], range(number), 40)
        for width, number in ((3, 16), (66, 1), (8, 0), (20, 9))
    ]
    calls = 0
    solve = synthesise_paulis.compiled.kernel.solve

    def counting(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        return solve(*arguments)

    monkeypatch.setattr(synthesise_paulis.compiled, "kernel", SimpleNamespace(solve=counting))
    monkeypatch.setattr(synthesise_paulis, "WORTH", 1)
    found, numbers = [], []
    for most in (1, 2, 8):
        with at_most(most):
            calls = 0
            found.append(solved_in_styles(several))
            numbers.append(calls)
    assert found[0] == found[1] == found[2]
    assert [len(each) for each in found[0]] == [16, 1, 0, 9]
    assert numbers[0] == 3 < numbers[1] < numbers[2]  # one for each problem that has styles, then smaller portions


@pytest.mark.skipif(not HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")
def test_threads_run_while_the_kernel_is_at_work_on_a_large_form() -> None:
    """Else a terminal would have no news, and a server answer nobody, for seconds."""
    draw = random.Random(5)
    axes: list[Vector] = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)]
    pairs = [draw.sample(range(8), 2) for _ in range(5_000)]
    items: list[Item] = [
        Interaction(a, b, draw.choice(axes), draw.choice(axes), draw.uniform(-0.2, 0.2), None) for a, b in pairs
    ]
    given = Interactions(8, items, [IDENTITY] * 8)
    numbers = numbers_of(given)
    assert numbers is not None

    def compress() -> None:
        _KernelSweep(given, numbers, "measurement").compressed(may_rename=False)

    compress()  # imports what it needs
    # a thread that is free to run may still come late
    assert any(_runs_meanwhile(compress) for _ in range(100))


def _runs_meanwhile(call: Callable[[], object]) -> bool:
    """Whether another thread runs before a call returns that runs hardly any Python."""
    waits, begins, ran = threading.Event(), threading.Event(), list[bool]()

    def other() -> None:
        waits.set()
        begins.wait()
        ran.append(True)

    thread, interval = threading.Thread(target=other), sys.getswitchinterval()
    sys.setswitchinterval(1000)  # seconds: a thread runs only if the other one waits, or lets it run
    try:
        thread.start()
        waits.wait()
        begins.set()
        call()
        return bool(ran)
    finally:
        sys.setswitchinterval(interval)
        thread.join()
