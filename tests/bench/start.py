"""How long starting up takes: the command against bare Python, and against a Python that imports numpy.

    python -m tests.bench.start

Runs are interleaved, so that whatever else the computer does is shared; medians of the processor's time are printed,
and nothing fails. Bytecode is written before the first round.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
ROUNDS = 31


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """The processor's time for one process, output thrown away."""
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    process = os.posix_spawn(sys.executable, [sys.executable, *arguments], environment, file_actions=nowhere)
    _, status, used = os.wait4(process, 0)
    assert status == 0, arguments
    return used.ru_utime + used.ru_stime


def main(rounds: int = ROUNDS) -> dict[str, float]:
    """Prints and returns medians in milliseconds."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from test_speed_start import FIFTY_LINES

    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        bell, fifty = Path(folder, "bell.qc"), Path(folder, "fifty.qc")
        bell.write_text("qubit q[2]\nh q[0]\ncnot q\n")
        fifty.write_text(FIFTY_LINES)
        command = ["-m", "ionqdsl"]
        commands = {
            "python -c pass": ["-c", "pass"],
            "import numpy": ["-c", "import numpy"],
            "import ionqdsl": ["-c", "import ionqdsl"],
            "ionqdsl --version": [*command, "--version"],
            "check, a Bell pair": [*command, "check", str(bell)],
            "check, fifty lines": [*command, "check", str(fifty)],
            "fmt --check": [*command, "fmt", "--check", str(bell)],
            "lint": [*command, "lint", str(bell)],
            "compile -O0": [*command, "compile", "-O0", str(bell)],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, arguments in commands.items():
                times[name] += [seconds(arguments, environment)] if number else []  # the first round writes bytecode
    medians = {name: 1000 * median(found) for name, found in times.items()}
    bare, numpy = medians["python -c pass"], medians["import numpy"]
    print(f"{'':20}      ms   above bare   of bare   of importing numpy (each above bare)")
    for name, found in medians.items():
        above = found - bare
        print(f"{name:20} {found:7.1f}   {above:10.1f}   {found / bare:7.2f}   {above / (numpy - bare):7.2f}")
    from ionqdsl.language.grammars import saved

    fit = saved("qc.lark") is not None
    print("the saved tables", "fit the grammar" if fit else "do not fit the grammar: every check works them out")
    return medians


if __name__ == "__main__":
    main()
