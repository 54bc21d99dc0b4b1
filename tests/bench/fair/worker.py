"""One framework, one circuit: `python -m tests.bench.fair.worker SECONDS SETTING ... < text`, a line of JSON a setting.

An error that the setting may make follows it: `ionqdsl-O2/unitary@1e-6`.

Each setting has so many seconds of the processor and of a wall clock that is twice as slow; the operating system then
ends the process, because compilers that are not written in Python look at no signals.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from importlib import import_module
from typing import Any

from ionqdsl.ir.circuit import FlatCircuit
from tests.bench import corpus
from tests.bench.fair.summary import EXACT, LARGEST
from tests.bench.fair.summary import error as error_of
from tests.bench.fair.table import OWN, SETTINGS, Setting
from tests.bench.peers.counting import count, for_ms
from tests.bench.peers.equality import deviations, distance

CHECK_SECONDS = 120

DISTANCE_SECONDS = 1000

MULTIPLES = (1.01, 1.5, 2, 4, 8, 16, 32, 64)
"""Of the error of another compiler's result: `--approx` for ours, as long as it is no further from the source."""

MEASURED = 12
"""Most qubits of circuits whose distance at worst is found under `measurement`."""


def main(seconds: str, *keys: str) -> None:
    """Compiles, counts, checks and prints, setting by setting."""
    text = sys.stdin.read()
    for key in keys:
        name, _, error = key.partition("@")
        setting = SETTINGS[name]
        found = as_near(setting, text, float(seconds), float(error)) if error else answer(setting, text, float(seconds))
        print(json.dumps(found), flush=True)


def as_near(setting: Setting, text: str, seconds: float, error: float) -> dict[str, Any]:
    """The cheapest answer of ours that is no further from its source than `error`, by the same measure.

    `--approx` allows a bound of the error, which is above the error itself; so multiples of it are tried in turn.
    """
    best = answer(setting, text, seconds, approx=error)
    for multiple in MULTIPLES if "deviation" in best else ():
        found = answer(setting, text, seconds, approx=multiple * error)
        if error_of(found) > error:
            break
        best = min(best, found, key=lambda row: row["counts"]["forte"])
    return best


def answer(setting: Setting, text: str, seconds: float, **more: Any) -> dict[str, Any]:
    """Counts for both machines, processor seconds, and how far the result is from its source under the contract.

    The operator norm is measured for approximations that another compiler makes unasked, and for those that are asked.
    """
    module = import_module(f"tests.bench.fair.with_{setting.compiler}")
    compile_one = getattr(module, setting.function)
    source = corpus.read(text)
    _limit(seconds)
    start = time.process_time()
    rows, inputs = compile_one(text, **setting.arguments, **more)
    spent = time.process_time() - start
    _limit(CHECK_SECONDS)
    counts = {"forte": count(rows, source.width)}
    if setting.compiler == OWN:
        counts["aria"] = count(compile_one(text, machine="aria", **setting.arguments, **more)[0], source.width)
    else:
        counts["aria"] = count(for_ms(rows), source.width)
    judged = "unitary" if setting.contract == "permuted" else setting.contract
    free = None if setting.contract == "unitary" else inputs
    found = deviations(source, FlatCircuit(source.width, rows=rows), free, (judged,))
    row: dict[str, Any] = {"counts": counts, "cpu_s": round(spent, 4)}
    if found:  # wide circuits are not checked
        row["deviation"] = float(f"{found[judged]:.2g}")
        is_approximate = (more or setting.compiler != OWN) and EXACT[setting.contract] <= found[judged] < LARGEST
        if is_approximate and (judged == "unitary" or (judged == "measurement" and source.width <= MEASURED)):
            _limit(DISTANCE_SECONDS)
            row["norm"] = float(f"{distance(source, FlatCircuit(source.width, rows=rows), free, judged):.4g}")
    _limit(0)
    return row


def _limit(seconds: float) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 3 * seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
