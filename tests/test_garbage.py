"""Work that makes many objects ends without a search through them, and cycles are still found later."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
