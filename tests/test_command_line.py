"""A command line that is read without argparse gives the values that argparse gives.

Would catch a flag whose value, default or name differs, and a line that argparse refuses and the short road accepts.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl.cli import command_line, parsers
from ionqdsl.cli.command_line import NotPlain
from ionqdsl.cli.verbs import VERBS
from ionqdsl.diagnostics import IonqdslError, flag_parser

VALUES = ["a.qc", "-", "b", "", "2", "0", "-1", "forte", "theta=0.3", "unitary", "json", "--", "a b", "-x", "qis"]


def short(verb: str, words: list[str]) -> dict[str, Any] | str | None:
    """The values, the error, or None if the line is argparse's."""
    try:
        return vars(command_line.plain_parser(import_module(f"ionqdsl.cli.{verb}")).parse_args(words))
    except NotPlain:
        return None
    except IonqdslError as error:
        return str(error)


def long(verb: str, words: list[str]) -> dict[str, Any] | str:
    try:
        return vars(parsers.parser_of(verb)[1].parse_args(words))
    except IonqdslError as error:
        return str(error)


def flags(verb: str) -> list[str]:
    found = [flag for flag in flag_parser.flags_of(parsers.parser_of(verb)[1]) if flag not in ("-h", "--help")]
    return [flag for flag in found if flag != "--characterization"]  # its value is a file or a question to the service


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, list[str]]:
    verb = draw(st.sampled_from(sorted(VERBS)))
    flag, value = st.sampled_from([*flags(verb), "--no-such"]), st.sampled_from(VALUES)
    word = st.one_of(flag, value, st.builds("{}={}".format, flag, value), st.builds("{}{}".format, flag, value))
    return verb, draw(st.lists(word, max_size=5))


@given(lines())
def test_any_line_is_read_alike(line: tuple[str, list[str]]) -> None:
    found = short(*line)
    assert found is None or found == long(*line)


@pytest.mark.parametrize(
    "line",
    [
        "check a.qc",
        "check a.qc b.qc --set theta=0.3 --set phi=1 -q",
        "check --json -",
        "compile a.qc -O0",
        "compile --target forte -O 2 a.qc --preserve=unitary -o out.json",
        "compile a.qc --wire v0.4 --verify -v",
        "fmt a.qc",
        "lint a.qc b.qc",
        "convert a.qc --to qasm3",
        "equiv a.qc b.qc",
    ],
)
def test_usual_lines_need_no_argparse(line: str) -> None:
    verb, *words = line.split()
    found = short(verb, words)
    assert found is not None
    assert found == long(verb, words)


@pytest.mark.parametrize(
    "line",
    [
        "check",
        "check --help",
        "check a.qc --quiet b.qc",
        "check a.qc --set",
        "check a.qc --color blue",
        "check a.qc --colour always",
        "check a.qc --set --json",
        "check -- a.qc",
        "compile a.qc b.qc",
        "compile a.qc -O9",
        "compile a.qc --jobs 2 --cluster tcp://x",
        "compile a.qc --seed x",
        "compile a.qc --json=yes",
        "convert a.qc",
        "fmt -qv a.qc",
    ],
)
def test_other_lines_are_left_to_argparse(line: str) -> None:
    verb, *words = line.split()
    assert short(verb, words) is None
