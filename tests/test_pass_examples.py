"""Every pass has an example in its docstring, gives the result in the example, and keeps the program's meaning there.

Would catch a pass without an example, an example that is no longer true, and an example whose two programs differ. The
pass runs alone; statevector.py, whose matrices are written by hand, judges the programs as the docstring has them.
"""

from __future__ import annotations

import argparse
import inspect
import re
from typing import NamedTuple

import numpy as np
import pytest
from random_circuits import bound, matrix
from test_interactions import renamed

from ionqdsl.cli.flags import add_compilation, options_of
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import qc
from ionqdsl.ir.angle import ZERO
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import choose_target
from ionqdsl.passes import PIPELINES, PassContext
from ionqdsl.passes.context import PassFunction
from ionqdsl.passes.error_budget import ErrorBudget
from ionqdsl.pipeline import load

_STEPS = [step for pipeline in PIPELINES.values() for step in pipeline]
PASSES = {
    run.__name__: getattr(run, "function", run)  # of a LatePass
    for step in _STEPS
    for run in (step.run, step.candidate)
    if run is not None
}

MEASURED = {
    "choose_native",
    "drop_unseen_phases",
    "fold_angles",
    "merge_interactions",
    "resynthesise",
    "search",
    "optimise_qis",
    "route",
}
"""Passes that may use the contract; all others keep the unitary."""

_BLOCK = r"((?:    .*\n)+)"
_FORM = re.compile(rf"^Before(?: \((--[^)]*)\))?:\n{_BLOCK}After:\n{_BLOCK}", re.MULTILINE)
_SAME = "# the same block"
"""Marks a verbatim block that continues the one above, which text has no form for."""


class Example(NamedTuple):
    """The example of a docstring."""

    options: Options
    before: str
    after: str

    def source(self) -> FlatCircuit:
        """The circuit before the pass."""
        read = circuit_of(self.before)
        if _SAME not in self.before:
            return read
        return read.with_rows((op._replace(pinned=min(op.pinned, 1)), origin) for op, origin in read)

    def expected(self) -> FlatCircuit:
        """The circuit after the pass."""
        return circuit_of(self.after)


def example_of(run: PassFunction) -> Example:
    """The only example of a docstring."""
    found = _FORM.findall(inspect.getdoc(run) + "\n")
    assert len(found) == 1, f"{run.__name__} shows {len(found)} programs before and after; contributing.md has the form"
    flags, *programs = found[0]
    parser = argparse.ArgumentParser()
    add_compilation(parser)
    return Example(options_of(parser.parse_args(flags.split())), *map(inspect.cleandoc, programs))


def circuit_of(text: str) -> FlatCircuit:
    """The circuit of a program without definitions."""
    program, _ = load(Source(text + "\n"))
    return program.runs[0]


def after_pass(run: PassFunction, example: Example) -> FlatCircuit:
    """The result of the pass for the example, with the inputs that it has renamed.

    Without the global phase, unless the contract `unitary` keeps it.
    """
    options, source = example.options, example.source()
    target = choose_target(options.target, None, "qis")
    context = PassContext(target, options, budget=ErrorBudget(options.approx))
    result = run(source, context)
    if options.preserve != "unitary":
        result = result.replace(phase=ZERO)
    return result.replace(inputs=context.inputs) if context.inputs is not None else result


@pytest.mark.parametrize("name", PASSES)
def test_a_pass_does_what_its_docstring_shows(name: str) -> None:
    example = example_of(PASSES[name])
    assert example.before != example.after
    assert qc.text(after_pass(PASSES[name], example)) == example.after + "\n"


@pytest.mark.parametrize("name", PASSES)
def test_the_programs_of_a_docstring_mean_the_same(name: str) -> None:
    """Within the error that `--approx` allows, as unitaries, or up to phases of the outcomes if the pass may use them.

    The global phase counts for `--preserve unitary` only.
    """
    example = example_of(PASSES[name])
    options, source, result = example.options, example.source(), example.expected()
    values = {symbol: 0.37 + place for place, symbol in enumerate(source.symbols)}
    before, after = matrix(bound(source, values)), matrix(bound(result, values))
    before = renamed(before, result.inputs, source.width)
    if options.preserve != "unitary":
        overlap = (before.conj() * after).sum(axis=1 if name in MEASURED else None, keepdims=True)
        before *= overlap / np.abs(overlap)
    assert np.linalg.norm(before - after, 2) < options.approx + 1e-9


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Before:\n    qubit q\nAfter:\n    qubit q\n", 1),
        ("Before (--target aria -O 1):\n    qubit q\n    h q\nAfter:\n    qubit q\n\nMore.", 1),
        ("Before:\n\n    qubit q\n\nAfter:\n\n    qubit q\n", 0),
        ("Drops waits: `nop(0); x q` becomes `x q`.", 0),
    ],
)
def test_the_form_of_an_example(text: str, found: int) -> None:
    assert len(_FORM.findall(text)) == found
