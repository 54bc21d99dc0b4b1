"""The live example of the start page: a program with two sliders, and the distribution at every point they reach.

The page has the marker and the program; the site shows sliders and bars next to it. Without scripts the bars are those
of the program as it is written.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

import ionqdsl as iq
from website.listings import shown

MARKED = re.compile(r"<!-- live -->\n+```qc\n(.*?)```\n", re.DOTALL)


class Knob(NamedTuple):
    """A parameter of the program: its values in degrees, from 0 to `high` in equal steps."""

    name: str
    high: float
    count: int

    @property
    def step(self) -> float:
        """From one value to the next, in degrees."""
        return self.high / (self.count - 1)

    def degrees(self) -> list[float]:
        """Every value."""
        return [number * self.step for number in range(self.count)]


KNOBS = (Knob("gamma", 180, 25), Knob("beta", 90, 13))


def added(text: str) -> str:
    """The page with the example in place of the marked program."""
    return MARKED.sub(lambda match: _markup(match[1]), text)


def _markup(program: str) -> str:
    table = distributions(program)
    starts = {knob.name: _start(program, knob.name) for knob in KNOBS}
    places = [round(starts[knob.name] / knob.step) for knob in KNOBS]
    row = table[places[0] * KNOBS[1].count + places[1]]
    data = json.dumps({"shape": [knob.count for knob in KNOBS], "rows": table}, separators=(",", ":"))
    code = shown(program)
    for name, start in starts.items():
        number = rf'<span class="m\w*">{start:g}</span><span class="kt">deg</span>'
        code, found = re.subn(number, f'<span data-name="{name}">{start:g}deg</span>', code, count=1)
        assert found, f"live.py: no {start:g}deg in the program"
    sliders = "".join(
        f'<label>{knob.name}<input type="range" name="{knob.name}" min="0" max="{knob.high:g}" step="{knob.step:g}" '
        f'value="{starts[knob.name]:g}"><output>{starts[knob.name]:g}deg</output></label>'
        for knob in KNOBS
    )
    bars = "".join(
        f'<span>{place:03b}</span><i style="width: {100 * share / max(row):.0f}%"></i><b>{share / 10:.1f}%</b>'
        for place, share in enumerate(row)
    )
    differ = sum(share * ((number ^ number >> 1) & 3).bit_count() for number, share in enumerate(row))
    return (
        f'<div class="live">{code}<div>{sliders}<div class="bars">{bars}</div>'
        f"<p>Of the two pairs of neighbours, <strong>{differ / 1000:.2f}</strong> differ on average.</p></div>"
        f'<script type="application/json">{data}</script></div>\n'
    )


def _start(program: str, name: str) -> float:
    """The value that the program gives a parameter, in degrees."""
    match = re.search(rf"\b{name} = ([\d.]+)deg", program)
    assert match is not None
    return float(match[1])


def distributions(program: str) -> list[list[int]]:
    """The probabilities of all outcomes in thousandths, at every point, the last knob fastest."""
    sweeps = {knob.name: f"linspace(0deg, {knob.high:g}deg, {knob.count})" for knob in KNOBS}
    results = iq.run(iq.program(program, sweeps=sweeps), exact=True)
    keys = [f"{number:0{results[0].qubits}b}" for number in range(2 ** results[0].qubits)]
    return [[round(1000 * result.probabilities.get(key, 0)) for key in keys] for result in results]
