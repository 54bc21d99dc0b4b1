"""How long 100,000 plain gate lines take from text to the bytes of a request, stage by stage.

    python -m tests.bench.plain_lines [LINES]

Three kinds of text: few distinct lines, every angle different, and the same through the grammar (a comment in front of
every seventh line keeps the express lane away). Numbers are printed, nothing fails.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import payload
from ionqdsl.ir.options import Options
from ionqdsl.language import includes
from ionqdsl.language.check import check
from ionqdsl.language.lower import lower

WIDTH = 20


def text(lines: int, is_repetitive: bool, is_plain: bool = True) -> str:
    """A circuit of so many lines: half rotations, a third two-qubit gates."""
    pick = random.Random(7)
    result = [f"qubit q[{WIDTH}]"]
    for number in range(lines):
        a, b = pick.sample(range(WIDTH), 2)
        angle = f"pi/{pick.choice((2, 4, 8))}" if is_repetitive else f"{pick.uniform(-3, 3):.12f}"
        kind = pick.random()
        if not is_plain and number % 7 == 0:
            result.append("# away from the express lane")
        result.append(f"rz({angle}) q[{a}]" if kind < 0.5 else f"h q[{a}]" if kind < 0.67 else f"cnot q[{a}], q[{b}]")
    return "\n".join(result) + "\n"


def timed(name: str, stage: Callable[[], Any], times: dict[str, float]) -> Any:
    """Runs a stage and keeps its seconds."""
    start = time.perf_counter()
    result = stage()
    times[name] = time.perf_counter() - start
    return result


def measure(source: str) -> dict[str, float]:
    """Seconds by stage."""
    times: dict[str, float] = {}
    file, _, lost = timed("parse", lambda: includes.open_includes(Source(source)), times)
    _, broken = timed("check", lambda: check(file, lost), times)
    program, _ = timed("lower", lambda: lower(file, broken=broken), times)
    compiled, _, _ = timed("passes", lambda: stages.transpile(program, Options(target="qis")), times)
    sent = timed("emit", lambda: payload.request(compiled), times)
    times["total"] = sum(times.values())
    times["megabytes"] = len(sent) / 1e6
    return times


def main(lines: int = 100_000) -> None:
    """Prints a table."""
    stages.load(Source("qubit q\nh q\n"))  # the grammar is made before anything is measured
    kinds = {
        "few distinct": text(lines, True),
        "all distinct": text(lines, False),
        "by the grammar": text(lines // 10, False, is_plain=False),
    }
    print(
        f"{'':15}"
        + "".join(f"{name:>10}" for name in ("parse", "check", "lower", "passes", "emit", "total", "gates/s"))
    )
    for name, source in kinds.items():
        times = measure(source)
        count = sum(not line.startswith(("#", "qubit")) for line in source.splitlines())
        cells = [f"{times[stage]:9.3f}s" for stage in ("parse", "check", "lower", "passes", "emit", "total")]
        print(f"{name:15}" + "".join(cells) + f"{count / times['total']:>10,.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
