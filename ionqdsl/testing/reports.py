"""Writes the outcomes of tests as JUnit XML, which continuous integration services read.

Takes `Outcome`s and returns a text that is the same for equal outcomes: it holds no times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from ionqdsl.diagnostics.visible import visible
from ionqdsl.testing.suite import Outcome

_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold."""


def junit(outcomes: Sequence[Outcome]) -> str:
    """A `testsuites` element with a suite for each file and a case for each case of a test."""
    top = ElementTree.Element("testsuites", _counts(outcomes))
    for file in dict.fromkeys(outcome.file for outcome in outcomes):
        inside = [outcome for outcome in outcomes if outcome.file == file]
        suite = ElementTree.SubElement(top, "testsuite", {"name": _text(file), **_counts(inside)})
        for outcome in inside:
            facts = {"classname": file, "name": outcome.title, "file": file, "line": str(outcome.line)}
            facts = {name: _text(fact) for name, fact in facts.items()}
            case = ElementTree.SubElement(suite, "testcase", facts)
            if not outcome.passed:
                kind = "error" if outcome.is_error else "failure"
                first = outcome.diagnostics[0]
                about = {"message": _text(first.message), "type": first.code}
                failure = ElementTree.SubElement(case, kind, about)
                failure.text = _text("\n".join(diagnostic.render() for diagnostic in outcome.diagnostics))
    ElementTree.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(top, "unicode") + "\n"


def _text(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", visible(text))


def _counts(outcomes: Sequence[Outcome]) -> dict[str, str]:
    errors = sum(outcome.is_error for outcome in outcomes)
    failed = sum(not outcome.passed for outcome in outcomes)
    return {"tests": str(len(outcomes)), "failures": str(failed - errors), "errors": str(errors)}
