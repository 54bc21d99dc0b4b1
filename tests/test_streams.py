"""The rows of long texts come one by one, equal to the objects that they would be, and few of them are there at once.

Bytes are counted, so that it is the same on every machine.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl import pipeline as stages
from ionqdsl.describe.stats import stats
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.drawing import drawing
from ionqdsl.ir import plain_rows
from ionqdsl.language import lines
from ionqdsl.language.reformat import reformat
from ionqdsl.lsp import tokens
from ionqdsl.lsp.document import Document

LINE = st.sampled_from(
    ["rz(0.%d) q[0]", "h q[1]", "u3(0.%d, 0.2, 0.3) q[2]", "cp(0.%d) q[0], q[1]", "barrier q", "id q[0]"]
)


@given(st.lists(LINE, min_size=1, max_size=12), st.data())
def test_rows_that_wait_are_streamed_placed_and_replaced_like_objects(forms: list[str], data: st.DataObject) -> None:
    """Would catch numbers or places of another line, wherever lines that wait are cut."""
    body = "".join(
        (form % (1 + k % 3) if "%" in form else form) + "\n" for k, form in enumerate(forms * 3 + ["h q[1]"] * 8)
    )
    with patch.object(lines, "LONG", 0):
        waiting, made = (stages.load(Source("qubit q[3]\n" + body))[0].runs[0] for _ in range(2))
    rows, places = made.rows, [span and (span.start, span.end) for span in [*made.origins]]
    changes = {
        n: rows[n]._replace(qubits=(2, 1, 0)) for n in sorted(data.draw(st.sets(st.sampled_from(range(len(rows))))))
    }
    changed = waiting.with_rows_at(changes)
    assert waiting.is_plain
    assert changed.is_plain
    with patch.object(plain_rows, "_REMEMBERED", 2):
        streamed = [*waiting.stream_steps()]
        assert [op for op, _ in streamed] == [*waiting.stream()] == rows
    assert [span and (span.start, span.end) for _, span in streamed] == places
    unbound = [*waiting.stream(lambda op: False)]
    assert [(op.gate, op.qubits, op.controls) for op in unbound] == [(op.gate, op.qubits, op.controls) for op in rows]
    assert [*changed.stream()] == changed.rows == [changes.get(n, op) for n, op in enumerate(rows)]
    for circuit in (waiting, changed):
        circuit.rows  # noqa: B018 (makes the origins)
        at = [circuit.origins[n] for n in range(-len(rows), len(rows))]
        assert [span and (span.start, span.end) for span in at] == places * 2
        assert circuit.origins[1:-1] == at[1 : len(rows) - 1]
        assert [*reversed(circuit.origins)] == at[: len(rows)][::-1]


@pytest.mark.parametrize(
    ("work", "most"),
    [
        (reformat, 330),
        (lambda source: tokens.tokens(Document(source.text)), 300),
        (lambda source: stats(stages.load(source)[0].runs[0]), 100),
        (lambda source: drawing(stages.load(source)[0].runs[0], most=10), 120),
        (lambda source: stages.load(source)[0].runs[0].origins, 150),
    ],
)
def test_bytes_for_each_line_stay_few(work: Callable[[Source], object], most: int) -> None:
    """Would catch objects for each line, or for each of its words, that live at the same time; half is allowed for."""
    text = "qubit q[3]\n" + "".join(
        f"rz(0.{k % 70 + 1}) q[{k % 3}]\ncx q[{k % 3}],q[{(k + 1) % 3}]\n" for k in range(6000)
    )
    work(Source("qubit q[3]\n" + "h  q[0]\ncx q[0],q[1]\nrz(0.3) q[1]\n" * 9))  # does all imports
    tracemalloc.start()
    try:
        work(Source(text))
        assert tracemalloc.get_traced_memory()[1] < most * 12_000
    finally:
        tracemalloc.stop()
