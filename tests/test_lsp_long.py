"""Long texts in an editor: long work can be cancelled and delays nothing else.

Would catch a server that answers a hover after the formatting requested before it, edits made for a text that has
changed meanwhile, diagnostics that wait for an old text's, and colours computed for all lines when some are requested.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from language_client import PATIENCE, Client

from tests import steps

if find_spec("pygls") is None:
    pytest.skip("pygls is not installed", allow_module_level=True)

from ionqdsl.lsp import background, formatting, positions, session, tokens
from ionqdsl.lsp.background import Background
from ionqdsl.lsp.document import Document

LONG = "qubit q[5]\n" + "\n".join(f"if {k}>2 {{rx({k}*pi/7)   q[{k % 5}]}}  # {k}" for k in range(1500)) + "\n"
OPTIONS = {"options": {"tabSize": 2, "insertSpaces": True}}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    running = Client(tmp_path)
    yield running
    assert running.close() == 0


def sent(client: Client, method: str, uri: str, **more: Any) -> int:
    """Asks without waiting; the request's number."""
    client.number += 1
    params = {"textDocument": {"uri": uri}, **more}
    client._send({"id": client.number, "method": f"textDocument/{method}", "params": params})
    return client.number


def answers(client: Client, *wanted: int) -> list[dict[str, Any]]:
    """The answers to some requests, in the order they come in."""
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE
    while len(found) < len(wanted):
        message = client._next(deadline)
        if message.get("id") in wanted and "method" not in message:
            found.append(message)
    return found


def test_a_long_text_is_formatted_as_a_short_one_and_a_hover_goes_before(client: Client, tmp_path: Path) -> None:
    uri = (tmp_path / "long.qc").as_uri()
    assert len(LONG) > session.LONG
    client.open(uri, LONG.replace("\n", "\r\n"))
    formats = sent(client, "formatting", uri, **OPTIONS)
    hovers = sent(client, "hover", uri, position={"line": 1, "character": 9})
    first, second = answers(client, formats, hovers)
    assert (first["id"], second["id"]) == (hovers, formats)
    assert "rx" in str(first["result"])
    assert second["result"] == formatting.formatted(Document(LONG, uri, eol="\r\n")) != []


def test_formatting_is_cancelled_and_asked_for_again(client: Client, tmp_path: Path) -> None:
    uri = (tmp_path / "long.qc").as_uri()
    client.open(uri, LONG)
    formats = sent(client, "formatting", uri, **OPTIONS)
    client.tell("$/cancelRequest", {"id": formats})
    (answer,) = answers(client, formats)
    assert "error" in answer
    (answer,) = answers(client, sent(client, "formatting", uri, **OPTIONS))
    assert answer["result"] == formatting.formatted(Document(LONG, uri))


def test_edits_for_a_text_that_has_changed_are_not_given_out(client: Client, tmp_path: Path) -> None:
    uri = (tmp_path / "long.qc").as_uri()
    client.open(uri, LONG)
    formats = sent(client, "formatting", uri, **OPTIONS)
    client.change(uri, 2, {"text": "# new\n" + LONG})
    (answer,) = answers(client, formats)
    assert answer["result"] is None


def test_a_question_nobody_waits_for_does_not_hold_up_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking an old text is ended with its process; the new text gets its own diagnostics."""
    monkeypatch.setattr(background, "SPARED", 0.0)
    monkeypatch.setattr(background, "PER_SECOND", 1e12)  # the check may be quick

    async def talk() -> None:
        worker = Background()
        try:
            assert await worker.ask("check", Document("qubit q\nx q\n"), {}) == []
            first = worker._process
            old = asyncio.ensure_future(worker.ask("check", Document(LONG), {}))
            while not worker._owed:
                assert not old.done()
                await asyncio.sleep(0)
            old.cancel()
            (found,) = await worker.ask("check", Document("qubit q\nhh q\n"), {})
            assert found["code"] == "QC0202"
            assert worker._process is not first
        finally:
            await worker.finish()

    asyncio.run(talk())


def test_an_answer_that_is_there_in_time_keeps_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "SPARED", PATIENCE)

    async def talk() -> None:
        worker = Background()
        try:
            old = asyncio.ensure_future(worker.ask("check", Document("qubit q\nx q\n"), {}))
            while not worker._owed:
                assert not old.done()
                await asyncio.sleep(0)
            first = worker._process
            old.cancel()
            (found,) = await worker.ask("check", Document("qubit q\nhh q\n"), {})
            assert found["code"] == "QC0202"
            assert worker._process is first
        finally:
            await worker.finish()

    asyncio.run(talk())


def test_colours_of_some_lines_are_those_of_the_whole(client: Client, tmp_path: Path) -> None:
    uri, text = (tmp_path / "some.qc").as_uri(), "qubit q[2]\n\n# \u00fc\nrx(0.1) q[0]\nif 1 { x q }\n"
    client.open(uri, text)
    assert client.server["capabilities"]["semanticTokensProvider"]["range"]

    def placed(data: list[int]) -> list[tuple[int, ...]]:
        line = column = 0
        found = []
        for below, right, *rest in zip(*[iter(data)] * 5, strict=True):
            line, column = line + below, right if below else column + right
            found.append((line, column, *rest))
        return found

    whole = placed(client.about("semanticTokens/full", uri)["data"])
    for first in range(8):
        for last in range(first, 8):
            places = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
            data = client.about("semanticTokens/range", uri, range=places)["data"]
            assert placed(data) == [token for token in whole if first <= token[0] <= last]


def test_colours_of_some_lines_take_the_same_work_in_any_text() -> None:
    def work(lines: int) -> int:
        document = Document("".join(f"rx({k}*pi/7) q\n" for k in range(lines)))
        tokens._packed.cache_clear()
        return steps.of(lambda: tokens.tokens(document, range(50, 80)))

    assert work(100) == work(1000)


def test_a_thousand_changes_at_once_look_at_their_own_lines() -> None:
    """An editor that renames sends a change for each place."""
    text = "".join(f"x q{k}\n" for k in range(300))

    def change(line: int) -> dict[str, Any]:
        place = {"line": line, "character": 2}
        return {"range": {"start": place, "end": {**place, "character": 3}}, "text": "\U0001f600\nr"}

    changes = [change(2 * line) for line in range(300)]
    assert positions.edited(text, changes) == "".join(f"x \U0001f600\nr{k}\n" for k in range(300))
    beyond = {"start": {"line": 0, "character": 0}, "end": {"line": 900, "character": 0}}
    assert positions.edited(text, [*changes, {"range": beyond, "text": "y\r\n"}]) == "y\n"
