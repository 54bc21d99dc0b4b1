"""Answers with any field missing, null or of another type: the rest is shown, and nothing crashes.

The answers in `answers/` are written from the specifications of 15 May and 1 October 2026 and from known answers of the
service that differ. Each has the command that requests it, further addresses it needs, and the words that must appear
as long as the fields they come from are unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from service import Reply, Service

from ionqdsl.cli import main
from ionqdsl.cloud import submit

FILES = sorted((Path(__file__).parent / "answers").glob("*.json"))
ANSWERS = {row["name"]: row for file in FILES for row in json.loads(file.read_text())}
OTHERS: tuple[Any, ...] = ("a text", 7, -1.5, True, [], [3], {}, {"a": 1}, 1e300)

Place = tuple[Any, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every field of every object and list."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        yield (*path, key)
        yield from places(item, (*path, key))


def variants(body: Any) -> Iterator[tuple[Place, Any]]:
    """The body, and the body with each place absent, null, and of two other kinds."""
    yield (), body
    for number, path in enumerate(places(body)):
        for what in (None, OTHERS[number % len(OTHERS)], OTHERS[(number * 5 + 2) % len(OTHERS)], ...):
            changed = deepcopy(body)
            block = changed
            for key in path[:-1]:
                block = block[key]
            if what is ...:
                del block[path[-1]]
            else:
                block[path[-1]] = what
            yield path, changed


def is_touched(shown: str, path: Place) -> bool:
    """Whether a change at a place may change the value from a field: it is within it, around it, or its list."""
    changed = ".".join(map(str, path))
    if not path:
        return False
    around = ".".join(map(str, path[:-1])) if isinstance(path[-1], int) else None
    return (
        shown == changed
        or shown.startswith(f"{changed}.")
        or changed.startswith(f"{shown}.")
        or (around is not None and shown.startswith(around))
    )


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Service]:
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(submit, "PATIENCE", 2)
    monkeypatch.setattr(submit, "EARLY_TRIES", 0)
    monkeypatch.setenv("IONQDSL_STATE", str(tmp_path))
    monkeypatch.setenv("IONQ_API_KEY", "k3y-that-nobody-may-see")
    with Service() as found:
        monkeypatch.setenv("IONQ_API_URL", found.url)
        yield found


def named(value: Any, job: str) -> Any:
    """The same with the id of a job that nobody asked about before, as answers are kept."""
    return json.loads(json.dumps(value).replace("ID", job))


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_there_is_shown(service: Service, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    row = ANSWERS[name]
    for number, (path, body) in enumerate(variants(row["body"])):
        job = f"j{number}"
        for address, other in named({**row.get("others", {}), row["path"]: body}, job).items():
            service.on("GET", address, Reply(200, other))
        code = main([*named(row["words"], job), *(["--timeout", "0.01"] if "wait" in row["words"] else [])])
        out, err = capsys.readouterr()
        where = f"{name}, {'.'.join(map(str, path))}: {body}"
        assert code in (0, 2, 5, 6, 7), where
        assert "Traceback" not in err, where
        text = out + err
        if not path:
            assert code == row.get("code", 0), text
        if ".".join(map(str, path)) in (*row["needs"], "dry_run"):  # a dry run has no results
            continue
        for shown, word in row["shows"].items():
            assert is_touched(shown, path) or word in text, f"{where}\n{text}"
