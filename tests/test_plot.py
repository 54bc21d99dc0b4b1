"""Histograms with matplotlib: a bar per outcome, as high as its share, with its standard error.

Would catch bars out of order, errors of the wrong size, and a missing extra as a traceback.
"""

from __future__ import annotations

import sys

import pytest

import ionqdsl as iq

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")

BELL = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"


def test_bars_and_errors() -> None:
    result = iq.run(iq.circuit(BELL), shots=400, seed=1)
    axes = iq.plot(result)
    assert [label.get_text() for label in axes.get_xticklabels()] == ["00", "11"]
    heights = [bar.get_height() for bar in axes.patches]
    assert heights == pytest.approx([result.counts["00"] / 400, result.counts["11"] / 400])
    low, high = axes.collections[0].get_segments()[0][:, 1]
    assert (high - low) / 2 == pytest.approx((heights[0] * heights[1] / 400) ** 0.5)
    assert axes.get_xlabel() == "q[0] q[1]"


def test_exact_ones_have_no_error() -> None:
    axes = iq.plot(iq.run(iq.circuit(BELL), exact=True))
    assert not axes.collections
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([0.5, 0.5])


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(iq.UsageError, match="QC0952"):
        iq.plot(iq.run(iq.circuit(BELL), exact=True))
