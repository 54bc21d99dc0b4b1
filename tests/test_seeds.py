"""A seed is the same number in a program, for the command, in Python and for the service.

Would catch a place that refuses a seed which another one takes, or draws other outcomes from it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import folder  # noqa: F401 - a fixture is used by being here

import ionqdsl as iq
from ionqdsl.cli import main


def test_a_seed_is_one_of_the_service_wherever_it_is_given(capsys):
    text = "qubit q[3]\nh q\n"
    Path("bare.qc").write_text(text)

    def counts(*words):
        assert main(["run", *words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)["results"][0]["counts"]

    drawn = []
    for seed in (-(2**31), -5, 5, 2**31 - 1):
        Path("job.qc").write_text(f'job {{ noise {{ model = "ideal"; seed = {seed} }} }}\n{text}')
        drawn.append(counts("bare.qc", "--seed", str(seed)))
        assert drawn[-1] == counts("job.qc") == dict(iq.run(text, 100, seed).counts), seed
    assert len({str(one) for one in drawn}) == len(drawn)
    for seed in (-(2**31) - 1, 2**31, 10**30):
        Path("job.qc").write_text(f'job {{ noise {{ model = "ideal"; seed = {seed} }} }}\n{text}')
        assert main(["run", "bare.qc", "--seed", str(seed)]) == 2
        assert "from -2147483648 to 2147483647" in capsys.readouterr().err
        assert main(["run", "job.qc"]) == 1
        assert "QC0711" in capsys.readouterr().err
        with pytest.raises(iq.CompileError, match="from -2147483648 to 2147483647"):
            iq.run(text, 100, seed)


def test_a_search_takes_negative_seeds():
    circuit = iq.Circuit(3).ccx(0, 1, 2).ry(0.3, 1).ccx(0, 2, 1).rx(0.1, 0).ccx(2, 1, 0)
    assert iq.equivalent(circuit, iq.compile(circuit, "forte", level=3, effort=0.3, seed=-5))
