"""The results of the levels on the benchmark circuits, against those of other compilers.

    python -m tests.bench.levels [--level 2] [--preserve measurement] [--target aria] [circuit ...]

Needs the folder of circuits (IONQDSL_CIRCUITS, default ../shared/circuits) and its peers.csv; prints a table and the
geometric means. Seconds are of the processor, the peers' of the clock. Peers whose result was not equal to the source
(err) do not count.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from collections import defaultdict

from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.cost import cost_of
from tests.bench import corpus

EXACT = 1e-6


def peers() -> dict[str, list[dict[str, str]]]:
    """Rows of peers.csv by circuit, without those known to be wrong."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (corpus.FOLDER / "peers.csv").open() as file:
        for row in csv.DictReader(file):
            if row["two_qubit_gates"] and not (row["err"] and float(row["err"]) > EXACT):
                found[row["circuit"]].append(row)
    return found


def least(rows: list[dict[str, str]], *columns: tuple[str, str]) -> float:
    """The least value over (target, column) pairs; nan where there is none."""
    values = [
        float(row[column]) for row in rows for target, column in columns if row["target"] == target and row[column]
    ]
    return min(values, default=math.nan)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("circuits", nargs="*")
    parser.add_argument("--level", type=int, default=2)
    parser.add_argument("--preserve", default="measurement")
    parser.add_argument("--target", action="append")
    options = parser.parse_args()
    if not (corpus.FOLDER / "peers.csv").exists():
        print(f"no circuits in {corpus.FOLDER}: set IONQDSL_CIRCUITS")
        return
    others = peers()
    ratios: dict[str, list[float]] = defaultdict(list)
    for target in ("aria", "forte"):  # imports and tables are not measured
        transpile(corpus.read("qreg q[2];u3(1,2,3) q[0];cx q[0],q[1];cx q[1],q[0];"), TARGETS[target], Options(level=2))
    heads = ("target", 7), ("ent", 7), ("peer", 7), ("rzz", 7), ("pulses", 8), ("peer", 7), ("depth", 7), ("s", 8)
    print(f"{'circuit':18}" + "".join(f"{head:>{size}}" for head, size in heads) + "   rzz s")
    for name in options.circuits or corpus.names():
        circuit = corpus.circuit(name)
        rows = others.get(name, [])
        for target in options.target or ("aria", "forte"):
            start = time.process_time()
            result, _, _ = transpile(circuit, TARGETS[target], Options(level=options.level, preserve=options.preserve))
            seconds = time.process_time() - start
            cost = cost_of(result)
            best = least(rows, ("zz", "two_qubit_gates"), ("ms", "two_qubit_gates"))
            rzz = [row for row in rows if row["peer"] == "qiskit" and row["setting"].startswith("rot")]
            qiskit, qiskit_s = least(rzz, ("zz", "two_qubit_gates")), least(rzz, ("zz", "compile_s"))
            if target == "aria":
                pulses = least(rows, ("ms", "pulses_fused"), ("zz", "pulses_fused_ms"))
            else:
                pulses = least(rows, ("zz", "pulses_fused"))
            print(
                f"{name:18}{target:>7}{cost.two_qubit_gates:7}{best:7.0f}{qiskit:7.0f}{cost.pulses:8}{pulses:7.0f}"
                f"{cost.depth:7}{seconds:8.3f}{qiskit_s:8.3f}"
                f"{'   MORE THAN RZZ' if cost.two_qubit_gates > qiskit else ''}"
            )
            for key, ours, theirs in (
                ("two_qubit_gates", cost.two_qubit_gates, best),
                ("pulses", cost.pulses, pulses),
                ("seconds", seconds, qiskit_s),
            ):
                if theirs == theirs and theirs:
                    ratios[f"{target} {key}"].append(math.log((ours or 0.5) / theirs))
    for key, logs in ratios.items():
        print(f"{key:20} geo-mean of ours / best peer {math.exp(sum(logs) / len(logs)):.3f} over {len(logs)}")


if __name__ == "__main__":
    main()
