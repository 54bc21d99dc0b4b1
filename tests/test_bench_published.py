"""The comparison with published results: counts, spellings and sums are right, and a row above them is named.

Would catch a count that leaves out gates, a Toffoli spelled wrongly, and a page that says "more on none" regardless.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.bench import corpus
from tests.bench.published import circuits, page, results
from tests.random_circuits import circuit, matrix


def test_two_qubit_gates_are_counted() -> None:
    text = "qreg q[3];\nh q[0];\ncx q[0], q[1];\n cz q[1], q[2];\nccx q[0], q[1], q[2];\ncx q[2], q[1];\n"
    assert circuits.two_qubit_gates(text) == 3


def test_toffolis_are_spelled(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = dict.fromkeys(("a", "a^E2"), "OPENQASM 2.0;\nqreg q[3];\nccx q[2], q[0], q[1];\n")
    monkeypatch.setattr(circuits.Source, "text", lambda _, name: texts[name])
    plain, spelled = (corpus.read(circuits.spelling("a", gates)) for gates in circuits.SPELLINGS)
    assert [op.controls for op in plain.rows] == [2]
    assert len(spelled.rows) == 15
    assert np.abs(matrix(plain) - matrix(circuit(3, *spelled.rows))).max() < 1e-12
    assert circuits.spelling("a^2", "cx, h, t")


def row(ours: int, **more: Any) -> dict[str, Any]:
    return {"circuit": "tof_3", "gates": "ccx", "level": 2, "ours": ours, "published": 14, "qubits": 5} | more


def test_the_page_names_what_takes_more() -> None:
    known = {"version": "ionqdsl 1", "deviation": 2e-15}
    text = page.section([row(11, **known), row(15, **known, circuit="tof_4")])
    assert "| tof_3 | 5 | 14 | 11 | · | · | · |" in text
    assert "2 compilations of 2 circuits" in text
    assert "more on tof_4;" in text
    assert "2e-15 away" in text
    assert "more on none" in page.section([row(11, **known)])
    assert page.section([]) == "Not measured yet.\n"


def test_every_row_on_file_is_at_most_the_published_one() -> None:
    """The promise of the page; rows of circuits that are simulated are exact."""
    rows = results.load()
    assert {each["circuit"] for each in rows} == set(circuits.NAMES)
    assert [each for each in rows if each["ours"] > each["published"] or each.get("deviation", 0) > 1e-9] == []
