"""Advice names arguments to those who call from Python, and flags to those who use the command or `%%qc`.

Would catch an exception that tells Python to add a flag of the command, and a word that no function there has.
"""

from __future__ import annotations

import inspect
import re

import pytest

import ionqdsl as iq
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.python_advice import ARGUMENTS, for_python


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("compile with `--defer`, or not", "compile with `defer=True`, or not"),
        ("`-O 2 --preserve measurement`, `-O0`", '`level=2, preserve="measurement"`, `level=0`'),
        ("set it: `--set theta=0.1`", "set it: `bind(theta=0.1)`"),
        ("set it: `--set 'th[0]=0.1'`", 'set it: `bind({"th[0]": 0.1})`'),
        ("sweep it: `--sweep 'x=linspace(0, pi, 21)'`", "sweep it: `sweep(x=np.linspace(0, np.pi, 21))`"),
        ("`--backend simulator` or `--color never`", '`backend="simulator"` or `--color never`'),
        ("`ionqdsl compile FILE --defer` and -1", "`ionqdsl compile FILE --defer` and -1"),
        ("`-k` and `--set '` stay", "`-k` and `--set '` stay"),
    ],
)
def test_flags_become_arguments(text: str, want: str) -> None:
    assert for_python(text) == want


def test_the_arguments_exist() -> None:
    known = {name for one in (iq.compile, iq.run, iq.minimize) for name in inspect.signature(one).parameters}
    assert set(ARGUMENTS.values()) <= known
    assert {"bind", "sweep"} <= set(dir(iq.Circuit))


def test_every_advice_can_be_worded() -> None:
    """Also where a fact stands for the value of a flag; none of these flags is left in a text for Python."""
    for code in CODES.values():
        for text in (code.message, *code.helps, code.otherwise):
            said = for_python(text)
            assert not re.search(rf"`-(-({'|'.join(ARGUMENTS)}|set|sweep)|O)\b", said), (code.name, said)


def test_exceptions_and_warnings_speak_to_python() -> None:
    circuit = iq.circuit("param theta\nqubit q\nrx(theta) q\n")
    with pytest.raises(iq.CompileError) as caught:
        iq.convert(circuit, "payload")
    assert "bind(theta=0.1)" in str(caught.value)
    assert "--" not in str(caught.value).replace("-->", "")
    assert "--set theta=0.1" in caught.value.diagnostics[-1].render()
    with pytest.warns(iq.ProgramWarning, match='`target="forte"`'):
        iq.compile(iq.circuit("qubit q\nh q\nnative { nop(10) }\n"), "qis")
    assert "--set" in str(UsageError([Diagnostic("QC0433", facts={"count": 2})]))
