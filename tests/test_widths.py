"""The width limit of a circuit is that of the machine or simulator that runs it.

Would catch a machine held to the simulator's limit, a forgotten limit, and a payload that is refused only after it was
sent.
"""

from __future__ import annotations

from typing import Any

import pytest

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import limits
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PROFILES

SIMULATOR, ARIA, FORTE, HARMONY = 29, 25, 36, 11


def most(target: str | None, backend: str | None, noise: str | None) -> tuple[int, str]:
    """The limit by the documented rule: the backend's, or else the target's machine, or else the simulator's."""
    if backend is None and noise is None:
        where = f"`--target {target}`"
        own = {"aria": ARIA, "forte": FORTE, "qpu.forte-1": FORTE, "qpu.aria-1": ARIA}
        return (own[target], where) if target in own else (SIMULATOR, "`simulator`")
    name = backend or "simulator"
    own = {"simulator": SIMULATOR, "qpu.forte-1": FORTE, "qpu.forte-enterprise-1": FORTE}
    noisy = {"aria-1": ARIA, "harmony": HARMONY, "forte-1": SIMULATOR, "ideal": SIMULATOR}
    if noise is not None and noisy[noise] < own[name]:
        return noisy[noise], f"the noise model `{noise}`"
    return own[name], f"`{name}`"


def judged(width: int, target: str | None, backend: str | None, noise: str | None) -> list[Any]:
    """The findings about a circuit of so many qubits, but for the missing backend."""
    settings = [f'backend = "{backend}"'] * bool(backend) + [f'noise {{ model = "{noise}" }}'] * bool(noise)
    program, _ = stages.load(Source(f"job {{ {'; '.join(settings)} }}\nqubit q[{width}]\nh q[0]\n"))
    compiled, _, _ = stages.transpile(program, Options(target))
    try:
        found = limits.check(compiled, PROFILES["v0.4"], target=target)
    except CompileError as error:
        found = list(error.diagnostics)
    return [diagnostic for diagnostic in found if diagnostic.code not in ("QC0701", "QC0720")]


@pytest.mark.parametrize("target", [None, "qis", "aria", "forte", "qpu.forte-1", "qpu.aria-1"])
@pytest.mark.parametrize(
    ("backend", "noise"),
    [
        (None, None),
        ("simulator", None),
        ("qpu.forte-1", None),
        ("qpu.forte-enterprise-1", None),
        *((backend, model) for backend in (None, "simulator") for model in ("ideal", "aria-1", "forte-1", "harmony")),
    ],
)
def test_the_limit_is_that_of_what_runs_the_circuit(target: str | None, backend: str | None, noise: str | None) -> None:
    """One qubit more is refused with the name of the smaller machine; it warns if only the payload's `simulator` is."""
    limit, where = most(target, backend, noise)
    fits, exceeds = (judged(limit + more, target, backend, noise) for more in (0, 1))
    is_too_wide_to_send = backend is None and noise is None and limit > SIMULATOR
    assert [diagnostic.code for diagnostic in fits] == (["QC0751"] if is_too_wide_to_send else [])
    (refused,) = [diagnostic for diagnostic in exceeds if diagnostic.is_error]
    assert refused.code == "QC0721"
    assert f"has {limit + 1} qubits: {where} has {limit}" in refused.message


def test_an_unknown_machine_has_no_limit_we_know() -> None:
    """The service will say."""
    found = judged(60, None, "qpu.next-1", None)
    assert not any(diagnostic.code == "QC0721" for diagnostic in found)
