"""Runs the tests several times next to two busy loops, and lists the tests that failed in each run.

    python .ci/steady.py 10 [pytest's words]

A test that passes only on an idle computer measures the computer.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUSY = "while True: sum(range(10_000))"


def main(runs: int, words: list[str]) -> int:
    """1 where a test failed."""
    failed: Counter[str] = Counter()
    broken = 0
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(2)]
    try:
        for number in range(1, runs + 1):
            began = time.monotonic()
            line = [sys.executable, "-m", "pytest", "-n", "2", "-r", "fE", "-p", "no:cacheprovider", *words]
            done = subprocess.run(line, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
            names = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
            failed.update(names)
            broken += done.returncode != 0
            last = done.stdout.strip().rpartition("\n")[2]
            print(f"run {number} of {runs}: {last} ({time.monotonic() - began:.0f} s)", flush=True)
            if done.returncode:
                print(done.stdout, flush=True)
    finally:
        for process in busy:
            process.kill()
            process.wait()
    for name, count in failed.most_common():
        print(f"failed in {count} of {runs}: {name}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
