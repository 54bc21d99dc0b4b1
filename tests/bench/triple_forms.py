"""Finds exact forms of classes of three-qubit unitaries, and writes ionqdsl/passes/triples/forms.py.

    python -m tests.bench.triple_forms [--seeds 8] [--minutes 10]

Circuits are compiled as in triples/classes.py. The unitaries of a class that are not like one another, up to one-qubit
gates, get a form each: random structures are instantiated with ever fewer interactions until none of `BLIND` starts
arrives, and the solutions are settled on numbers that the table has letters for. A class that was there keeps its
forms.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra.instantiation import PAIRS, Complexes, Instance, drawn, instantiated
from ionqdsl.passes.triples import forms as triple_forms
from ionqdsl.passes.triples.blocks import Task
from ionqdsl.passes.triples.exact_triples import exact_instance
from ionqdsl.passes.triples.forms import FORMS
from ionqdsl.passes.triples.invariants import UnitaryClass, class_of, invariants, pattern_of
from tests.bench.settle_triples import form_of
from tests.bench.triple_classes import BLIND, Search, compile_noting
from tests.bench.triples import bench_circuits, random_circuits

FILE = Path(triple_forms.__file__)
TRIED = 2
"""So many unitaries of a class that get no form are enough."""

MOST = 30
"""The most unitaries of a class that are looked at."""

WIDTH = 120
"""The longest line."""

LONGEST = 7
"""The most interactions of a form."""


class Sample(NamedTuple):
    """A unitary that was met, and axes of the interactions that it was made of (triples/likeness.py)."""

    unitary: Complexes
    axes: bytes


def class_and_pattern(unitary: Complexes) -> tuple[UnitaryClass, int]:
    found = invariants(unitary)
    pattern = pattern_of(found.reaches)
    return class_of(found, pattern), pattern.number


def solutions(search: Search, length: int) -> list[Instance]:
    """Instances with so many interactions of the first unitary of a search."""
    structures = search.structures(length, search.orders[0][0])
    tasks = np.tile(search.unitaries[0], (BLIND, 1, 1))
    found = instantiated(tasks, structures, drawn(BLIND, length, search.generator)).solutions
    return [found[owner] for owner in sorted(found)]


def shortest(unitary: Complexes, pattern: int) -> list[Instance]:
    """Instances with the fewest interactions that a start arrives at, none with more than `LONGEST`."""
    search = Search([unitary], pattern)
    best: list[Instance] = []
    for length in range(LONGEST, 0, -1):
        found = solutions(search, length)
        if not found:
            break
        best = found
    return best


def forms_of(number: int, pattern: int, samples: Sequence[Sample]) -> tuple[str, list[Sample]]:
    """The forms of a class, and the samples without any."""
    left: list[Sample] = []
    for unitary, axes in samples:
        own = class_and_pattern(unitary)[0]
        if len(left) == TRIED or exact_instance(unitary, axes, own, FORMS.get(number, "")) is not None:
            continue
        instances = shortest(unitary, pattern)
        form = form_of(moved_back(instances, own)) if instances else None
        if form is None:
            left.append(Sample(unitary, axes))
            continue
        before = FORMS.get(number, "")
        FORMS[number] = " ".join(sorted({*before.split(), form}, key=lambda one: (one.count(","), one)))
        if exact_instance(unitary, axes, own, FORMS[number]) is None:
            left.append(Sample(unitary, axes))
            FORMS[number] = before
        if not FORMS[number]:
            del FORMS[number]
    return FORMS.get(number, ""), left


def moved_back(instances: Sequence[Instance], own: UnitaryClass) -> list[Instance]:
    """The instances on the wires of the class, those with the fewest odd angles first."""
    order = own.orders[0]
    result = []
    for instance in instances:
        structure, u, v = [], instance.u.copy(), instance.v.copy()
        for k, pair in enumerate(instance.structure):
            a, b = (order[wire] for wire in PAIRS[pair])
            if a > b:
                a, b = b, a
                u[k], v[k] = instance.v[k], instance.u[k]
            structure.append(PAIRS.index((a, b)))
        result.append(instance._replace(structure=tuple(structure), u=u, v=v))
    return result


def written(forms: dict[int, str]) -> str:
    """The file with other forms."""
    head, start, _ = FILE.read_text().partition("FORMS: dict[int, str] = {\n")
    rows = []
    for number, texts in sorted(forms.items()):
        row = f'    0x{number:08X}: "{texts}",\n'
        if len(row) > WIDTH:
            parts = [texts] if len(texts) <= WIDTH - 10 else " \n".join(texts.split()).splitlines()
            row = f"    0x{number:08X}: (\n" + "".join(f'        "{part}"\n' for part in parts) + "    ),\n"
        rows.append(row)
    return f"{head}{start}{''.join(rows)}}}\n"


def met_samples(seeds: int, minutes: float) -> dict[int, dict[str, Sample]]:
    """Unitaries that a table has a shorter structure for, by class and circuit."""
    met: defaultdict[int, dict[str, Sample]] = defaultdict(dict)
    circuits = [(f"bench {k}", one) for k, one in enumerate(bench_circuits())]
    circuits += [(f"random {k}", one) for k, one in enumerate(random_circuits(seeds))]
    end = time.monotonic() + 60 * minutes

    def note(circuit: str, task: Task, least: int) -> None:
        if least < task.length and task.axes is not None:
            number = class_and_pattern(task.unitary)[0].number
            met[number].setdefault(circuit, Sample(task.unitary.copy(), task.axes))

    for name, circuit in circuits:
        if time.monotonic() < end:
            compile_noting(circuit, partial(note, name))
    return met


def main() -> None:
    parser = argparse.ArgumentParser(description="Finds exact forms of classes of three-qubit unitaries.")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    met = met_samples(options.seeds, options.minutes / 2)
    wanted = sorted([number for number, samples in met.items() if len(samples) > 1], key=lambda one: -len(met[one]))
    print(len(met), "classes,", len(wanted), "wanted", flush=True)
    end = time.monotonic() + 30 * options.minutes
    for number in wanted:
        if time.monotonic() > end:
            break
        samples = [*met[number].values()][:MOST]
        pattern = class_and_pattern(samples[0].unitary)[1]
        forms, left = forms_of(number, pattern, samples)
        print(f"{number:08X} {len(samples)} samples, {len(left)} without a form: {forms}", flush=True)
    FILE.write_text(written(FORMS))


if __name__ == "__main__":
    main()
