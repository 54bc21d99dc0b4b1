"""The kernel with the compiler's sanitizers against numpy, on random problems and a tenth as many states: Linux only.

    make campaign-kernel ARGS="--problems 2000 --seed 1"

Would catch a read or write outside of a buffer, signed overflow and shifts that C leaves undefined, where the tests see
a right result by luck; widths up to 130 and up to 500 rotations, as test_solvers.py has a few of them.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import numpy as np

from ionqdsl.algebra import compiled
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.passes.rotations import synthesise_paulis
from ionqdsl.passes.rotations.solve_in_step import solve_in_step
from ionqdsl.simulation import chunks, statevector
from tests.random_problems import problems_of, random_folded
from tests.unitary_problems import COMPARISONS

ROOT = Path(__file__).parent.parent
SANITIZERS = "-fsanitize=address,undefined"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--kernel", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.kernel:
        return compare(options.kernel, options.problems, options.seed)
    compiler = shutil.which("gcc")
    if compiler is None:
        return print("needs gcc") or 1
    with tempfile.TemporaryDirectory() as folder:
        kernel = str(Path(folder, "_kernel.abi3.so"))
        words = [compiler, "-std=c99", "-O1", "-g", "-fPIC", "-shared", SANITIZERS, "-fno-sanitize-recover=all"]
        words += ["-DPy_LIMITED_API=0x030B0000", f"-I{sysconfig.get_path('include')}"]
        subprocess.run([*words, *map(str, sorted((ROOT / "kernel").glob("*.c"))), "-o", kernel], check=True)
        library = subprocess.run([compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
        environment = os.environ | {"LD_PRELOAD": library.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"}
        words = [sys.executable, "-m", "tests.kernel_campaign", "--kernel", kernel]
        words += ["--problems", str(options.problems), "--seed", options.seed]
        return subprocess.run(words, env=environment, cwd=ROOT, check=False).returncode


def compare(kernel: str, count: int, seed: str) -> int:
    """Solves the problems by the kernel of that file and by the reference."""
    spec = importlib.util.spec_from_file_location("ionqdsl._kernel", kernel)
    assert spec is not None
    assert spec.loader is not None
    compiled.kernel = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(compiled.kernel)
    done = 0
    while done < count:
        draw = random.Random(f"{seed} {done}")
        width = draw.choice([draw.randint(1, 12)] * 8 + [draw.randint(13, 40), draw.choice([63, 64, 65, 128, 130])])
        rotations = draw.choice([0, 1, draw.randrange(130), draw.randrange(501)]) if width < 20 else draw.randrange(9)
        problems = problems_of(draw, random_folded(draw, width, rotations, draw.randint(1, 9)))
        if synthesise_paulis.solve_compiled(problems) != solve_in_step(problems):
            print(f"they differ: --seed {seed}, problem {done}, {width} wires, {rotations} rotations")
            return 1
        for compare_unitaries in COMPARISONS:
            compare_unitaries(draw)
        done += len(problems)
    print(f"{done} problems are solved alike")
    return compare_states(count // 10, seed)


def compare_states(count: int, seed: str) -> int:
    """Applies random gates to random states by the kernel and by numpy."""
    compiled.HAS_KERNEL, chunks.SMALLEST = True, 0
    for number in range(count):
        draw = random.Random(f"{seed} {number}")
        width, chunks.MIXED = draw.randint(4, 13), draw.randint(2, 11)
        chance = np.random.default_rng(draw.getrandbits(32))
        states = chance.normal(size=(draw.randint(1, 3), 2**width)).astype(np.complex128)
        rows = [
            Op(gate, tuple(draw.sample(range(width), wires)), (Angle(0, draw.uniform(-3, 3)),) * angles, controls)
            for gate, wires, angles, controls in draw.choices(GATES, k=draw.randrange(40))
        ]
        expected = states.copy()
        chunks.evolve(states, rows)
        statevector.evolve(expected, rows)
        if np.abs(states - expected).max() > 1e-9:
            print(f"they differ: --seed {seed}, state {number}, {width} qubits")
            return 1
    print(f"{count} states become the same")
    return 0


GATES = [("h", 1, 0, 0), ("rx", 1, 1, 0), ("rz", 1, 1, 0), ("cnot", 2, 0, 0), ("xx", 2, 1, 0), ("zz", 2, 1, 0)]
GATES += [("swap", 2, 0, 0), ("p", 2, 1, 1), ("x", 3, 0, 2), ("ry", 4, 1, 3)]
"""Gates with their qubits, angles and controls."""


if __name__ == "__main__":
    sys.exit(main())
