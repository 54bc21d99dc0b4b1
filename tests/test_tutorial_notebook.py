"""The notebook examples/tutorial.ipynb, run in a kernel of Jupyter from the first cell to the last.

Would catch a cell that fails, a picture that is not one, sliders that do not appear, and a value that is wrong.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
pytest.importorskip("ipywidgets")

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
LOWEST = -1.85727503
"""The ground state of this Hamiltonian in hartree, without the repulsion of the nuclei: the Qiskit textbook."""


@pytest.fixture(scope="module")
def cells() -> Any:
    notebook = nbformat.read(ROOT / "examples" / "tutorial.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.get("outputs") for cell in notebook.cells)  # it is stored without results
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute(env=environment)
    return {cell.source.split("\n")[0]: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def shown(outputs: Any, kind: str) -> list[str]:
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


def test_every_cell_shows_what_it_promises(cells: Any) -> None:
    circuit, histogram = shown(cells["%%qc bell outcomes"], "image/svg+xml")
    assert "<svg" in circuit
    assert "50.0%" in histogram
    (panel,) = shown(cells["%%qc turned seen --state --bloch"], "application/vnd.jupyter.widget-view+json")
    assert panel["model_id"]
    native = "%%qc native counted --target forte --noise forte-1 --shots 1000 --seed 7"
    assert len(shown(cells[native], "image/svg+xml")) == 2
    assert shown(cells["counted.to_pandas()"], "text/html")
    assert shown(cells["scan.plot();"], "image/png")
    assert "did you mean `cnot`?" in "".join(output.text for output in cells["try:"])


def test_the_energy_is_that_of_the_source(cells: Any) -> None:
    (text,) = shown(cells["found = iq.minimize(hydrogen)"], "text/plain")
    assert float(re.search(r"-\d\.\d+", text)[0]) == pytest.approx(LOWEST, abs=1e-6)
