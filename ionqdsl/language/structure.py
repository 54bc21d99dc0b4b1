"""Checks which items may stand together: one `job`, one of `run`, `energy` and `function`, statements or circuits.

Takes a syntax tree and returns diagnostics, each with the item to skip from then on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.language import syntax

BARE = (
    syntax.Qubits,
    syntax.Alias,
    syntax.Application,
    syntax.For,
    syntax.If,
    syntax.Barrier,
    syntax.GateBlock,
    syntax.RegisterStatement,
    syntax.SlotsStatement,
    syntax.MeasureStatement,
    syntax.GatesetStatement,
    syntax.Assert,
    syntax.Lines,
)
"""Statements that make an anonymous circuit if they stand at the top level."""


def faults(file: syntax.File, circuits: Mapping[str, syntax.CircuitDefinition]) -> Iterator[tuple[Diagnostic, Span]]:
    """The items that may not stand next to the others, and the span of each."""
    job: Span | None = None
    ending: Span | None = None
    for item in file.items:
        if isinstance(item, syntax.SettingsBlock) and item.kind == "job":
            if job is not None:
                yield Diagnostic("QC0415", head(item.span), {"what": "job"}, ((job, "first"),)), item.span
            job = job or head(item.span)
        elif isinstance(item, (syntax.SettingsBlock, syntax.Run)):
            if ending is not None:
                yield Diagnostic("QC0416", head(item.span), {}, ((ending, "first"),)), item.span
            ending = ending or head(item.span)
        elif isinstance(item, BARE) and circuits:
            name = next(iter(circuits.values())).name
            facts = {"name": name.text}
            if isinstance(item, syntax.Assert):
                facts["condition"] = head(item.span).text
            yield Diagnostic("QC0417", item.span, facts, ((name.span, "circuit"),)), item.span
            break


def head(span: Span) -> Span:
    """The word a statement begins with."""
    match = re.match(r"\w+", span.text)
    return Span(span.source, span.start, span.start + (match.end() if match else 1))
