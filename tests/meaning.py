"""Compares the compiler's reading of a program with that of the plain interpreter.

`judged` takes the texts of a program and says: both accept it and mean the same, both refuse it, or how they differ.
Tests and the campaign (language_campaign.py) use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError, InternalError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.language.check import check
from ionqdsl.language.includes import open_includes
from ionqdsl.verify import lowering
from ionqdsl.verify.interpreter.meaning import Rejected

LIMITS = ("QC050", "QC051", "QC0308")
"""Beginnings of codes of limits, which the interpreter has none of."""


@dataclass(frozen=True)
class Judged:
    """`kind` is `same`, `refused` (by both), `early` (for words, names or shapes, by the reading they share), `limit`,
    `open` (it depends on values that nobody gave) or `differs`; `said` is more on it, `rows` how many were compared.
    """

    kind: str
    said: str = ""
    rows: int = 0
    powers: int = 0


def judged(
    source: Source | str, values: Mapping[str, str] | None = None, sweeps: Mapping[str, str] | None = None
) -> Judged:
    """How the compiler and the interpreter read a text."""
    source = Source(source) if isinstance(source, str) else source
    try:
        program, _ = stages.load(source, values, sweeps)
    except UsageError:
        return Judged("early")
    except CompileError as error:
        return _refused(source, [d.code for d in error.diagnostics if d.is_error], values or {}, sweeps or {})
    try:
        found = stages.verified(program)
    except InternalError as error:
        return Judged("differs", f"{error.diagnostics[0].message} at {error.diagnostics[0].place!r}")
    assert found is not None
    return Judged("same", "", sum(one.rows for one in found), sum(one.powers for one in found))


def _refused(source: Source, codes: list[str], values: Mapping[str, str], sweeps: Mapping[str, str]) -> Judged:
    file, faults, lost = open_includes(source)
    if any(fault.is_error for fault in (*faults, *check(file, lost)[0])):
        return Judged("early", codes[0])
    if codes[0].startswith(LIMITS):
        return Judged("limit", codes[0])
    given, swept = stages.expressions(values, "--set"), stages.expressions(sweeps, "--sweep")
    try:
        whole = lowering.meaning(source, given, swept)
    except Rejected as refused:
        if refused.code in codes:
            return Judged("refused", refused.code)
        return Judged("refused", f"{codes[0]}, and {refused.code}")
    if whole is not None and not whole.is_sure:
        return Judged("open", codes[0])
    return Judged("differs", f"the compiler refuses it: {', '.join(codes)}")
