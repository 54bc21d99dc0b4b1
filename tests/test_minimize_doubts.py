"""Minimisations that end where they began: at a maximum, a saddle point, or where all energies are the same.

Would catch a maximum that is returned as a minimum without a word, and a doubt about one that was found.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import ionqdsl as iq
from ionqdsl.cli import main

pytest.importorskip("scipy")

FLIP = """param a
circuit c {{ qubit q; {gate}(a) q }}
hamiltonian h = Z[0]
energy {{ hamiltonian = h; ansatz = c; params = [{at}] }}
"""


@pytest.mark.parametrize("method", ["L-BFGS-B", "BFGS", "CG", "SLSQP", "TNC", "trust-constr"])
def test_a_first_point_without_slope_is_doubted(method: str) -> None:
    """The mean of Z is highest at 0, where its slope is 0 too; from anywhere else the method gets to -1."""
    with pytest.warns(iq.ProgramWarning, match="the gradient is 0 at the first point"):
        found = iq.minimize(FLIP.format(gate="ry", at=0), method=method)
    assert found.value == 1
    assert [one.code for one in found.doubts] == ["QC0959"]
    found = iq.minimize(FLIP.format(gate="ry", at=0.2), method=method)
    assert abs(found.value + 1) < 1e-6
    assert found.doubts == ()


def test_energies_that_are_all_the_same_are_doubted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By methods that see no gradient, exactly and from shots; a landscape that is seen is not."""
    with pytest.warns(iq.ProgramWarning, match="the energy is the same at every point"):
        iq.minimize(FLIP.format(gate="rz", at=0), method="COBYLA")
    mixed = FLIP.replace("qubit q;", "qubit q; h q;")
    with pytest.warns(iq.ProgramWarning, match=r"differ by less than their errors.*\n.*or take more shots"):
        iq.minimize(mixed.format(gate="rz", at=0), method="COBYLA", shots=100, seed=3)
    path = tmp_path / "flat.qc"
    path.write_text(FLIP.format(gate="ry", at=0))
    assert main(["minimize", str(path)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("energy 1 ")
    assert said.err.count("QC0959") == 1
    assert main(["minimize", str(path), "--shots", "200", "--seed", "1"]) == 0
    assert "QC0959" not in capsys.readouterr().err
