"""Work that makes many objects ends without a search through them, and cycles are still found later."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

import ionqdsl as iq

SCRIPT = """
import gc
from ionqdsl.garbage import MANY, uncollected

class Node:
    pass

searches = []
gc.collect()
{before}
gc.callbacks.append(lambda phase, info: searches.append(phase))
with uncollected():
    kept = [[] for _ in range({count})]
    node = Node()
    node.itself = node
    del node
more = [[] for _ in range(10)]
gc.callbacks.clear()
print(bool(searches), gc.isenabled(), gc.get_freeze_count() > 0)
print(sum(isinstance(each, Node) for each in gc.get_objects()), gc.collect() > 0)
print(sum(isinstance(each, Node) for each in gc.get_objects()))
"""


@pytest.mark.parametrize(
    ("before", "count", "printed"),
    [
        ("", "2 * MANY", "False True False\n1 True\n0\n"),
        ("", "MANY // 2", "True True False\n0 False\n0\n"),  # few: searched at once
        ("gc.freeze()", "2 * MANY", "True True True\n0 False\n0\n"),  # frozen objects stay so
    ],
)
def test_what_is_left_of_much_work_is_not_searched_at_once(before: str, count: str, printed: str) -> None:
    script = SCRIPT.format(before=before, count=count)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == printed, done.stderr


def test_circuits_are_compared_without_a_search() -> None:
    """A search through millions of rows takes seconds, in which no progress is shown."""
    circuit = iq.Circuit(12)
    for k in range(300):
        circuit.h(k % 12).rz(0.1 * k, k % 12).cnot(k % 12, (k + 1) % 12)
    other = iq.compile(circuit, target="forte", level=1)
    assert iq.equivalent(circuit, other)  # imports what it needs
    searches: list[str] = []
    gc.collect()
    gc.callbacks.append(lambda phase, info: searches.append(phase))
    try:
        assert iq.equivalent(circuit, other)
    finally:
        gc.callbacks.pop()
    assert len(searches) <= 2  # one, of what was made before
