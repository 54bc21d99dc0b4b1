"""How long starting up takes: `--version` and `check` of fifty lines against bare Python.

    python -m tests.bench.start

Runs are interleaved, so that whatever else the computer does is shared; medians are printed, nothing fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
ROUNDS = 21


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """How long one process takes, output thrown away."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(rounds: int = ROUNDS) -> dict[str, float]:
    """Prints and returns medians in milliseconds."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from test_speed_start import FIFTY_LINES

    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fifty.qc")
        path.write_text(FIFTY_LINES)
        commands = {
            "python -c pass": ["-c", "pass"],
            "import ionqdsl": ["-c", "import ionqdsl"],
            "ionqdsl --version": ["-m", "ionqdsl", "--version"],
            "ionqdsl check": ["-m", "ionqdsl", "check", str(path)],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, arguments in commands.items():
                times[name].append(seconds(arguments, environment))
    medians = {name: 1000 * median(found) for name, found in times.items()}
    bare = medians["python -c pass"]
    for name, found in medians.items():
        print(f"{name:20} {found:7.1f} ms   + {found - bare:6.1f} ms   x {found / bare:.2f}")
    from ionqdsl.language.parse import _saved_tables, grammar_text

    fit = _saved_tables(grammar_text("qc.lark")) is not None
    print("the saved tables", "fit the grammar" if fit else "do not fit the grammar: every check works them out")
    return medians


if __name__ == "__main__":
    main()
