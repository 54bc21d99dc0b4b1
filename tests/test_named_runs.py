"""An error inside a circuit says with which values it happens: those of the run, and those of the sweep's point.

Would catch an error that leaves its reader to guess which of many runs failed, one that is repeated for every run that
fails alike, and values that stand in the text and not in the editor.
"""

from __future__ import annotations

from typing import Any

import pytest

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.pipeline import load


def told(text: str, **sweeps: str) -> list[tuple[str, list[str]]]:
    """The code of each error, and its facts about the values."""
    try:
        found = load(Source(text), sweeps=sweeps)[1]
    except CompileError as error:
        found = list(error.diagnostics)
    errors = [one for one in found if one.is_error]
    for one in errors:
        related = [entry["message"] for entry in one.to_lsp().get("relatedInformation", [])]
        assert all(message in one.render() for message in related)
    return [(one.code, [role for _, role in one.labels if role.startswith("with ")]) for one in errors]


BODY = "circuit c(n, at = 0) { qubit q[3]; for i in range(n) { cnot q[i], q[i + 1] }; h q[at] }\n"


@pytest.mark.parametrize(
    ("run", "values"),
    [
        ("run c(3)", ["with n = 3"]),
        ("run c(n) for n in range(9)", ["with n = 3"]),
        ("run c(1), c(n = 4, at = 1), c(5)", ["with n = 4, at = 1"]),
        ("run c(n, at = a) for n, a in [(0, 1), (6, 2)]", ["with n = 6, at = 2"]),
    ],
)
def test_a_run_that_fails_is_named_once_with_its_values(run: str, values: list[str]) -> None:
    assert told(BODY + run) == [("QC0206", values)]


def test_what_fails_for_every_value_names_none() -> None:
    assert told("circuit c(n) { qubit q[2]; rx(n) q[2] }\nrun c(n) for n in [1, 2]") == [("QC0206", [])]


def test_the_point_of_a_sweep_is_named() -> None:
    text = "param t = 0\nparam u[2] = [0, 0]\nqubit q[2]\nif t + u[1] > 2 { x q[2] }\nrx(t) q[0]\n"
    swept = {"t": "[0, 1, 2, 3]", "u": "[[0, 0], [5, 1]]"}
    assert told(text, t=swept["t"]) == [("QC0206", ["with t = 3"])]
    assert told(text, **swept) == [("QC0206", ["with t = 2", "with u[0] = 5, u[1] = 1"])]
    constant = "param t = 0\nconst k = [1, 2][t]\nqubit q\nrx(k) q\n"
    assert told(constant, t="[0, 1, 2, 3]") == [("QC0206", ["with t = 2"])]


def test_run_and_point_are_named_together() -> None:
    text = "param t = 0\ncircuit c(n) { qubit q[2]; if t > 1 { x q[n] }; rx(t) q[0] }\nrun c(n) for n in [0, 7]"
    assert told(text, t="[0, 1, 2, 3]") == [("QC0206", ["with n = 7", "with t = 2"])]


def test_texts_with_braces_and_long_lists_are_values_too() -> None:
    text = 'circuit c(name, l) { qubit q; rx(l[0]) q; assert len(l) < 3, "long" }\nrun c("{b}", [0] * 9)'
    assert told(text) == [("QC0409", ['with name = "{b}", l = [0, 0, 0, 0, ...]'])]


def test_values_are_written_only_for_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise AssertionError("nothing failed")

    monkeypatch.setattr("ionqdsl.language.readable.assignments", refused)
    load(Source(BODY + "run c(n) for n in [0, 1, 2]"))
