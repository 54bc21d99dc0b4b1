"""The playground's server answers only its own page, and gives up on work that takes too long.

Would catch an answer to another page of the browser (another host, another origin, no token), a file served that is not
the page's, a request without bounds, a computation that cannot be stopped, and a leftover process.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

import requests

from ionqdsl import playground
from ionqdsl.diagnostics import UsageError, extras
from ionqdsl.playground import worker
from ionqdsl.playground.server import FILES, Playground
from ionqdsl.playground.worker import Worker

ENDLESS = "qubit q[2]\nfor i in range(3000) { for j in range(3000) { rx(0.1*i + j) q[0] } }\n"
BELL = {"text": "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n", "parts": ["outcome"]}


@pytest.fixture(scope="module")
def page() -> Iterator[Playground]:
    with playground.start() as found:
        yield found


def test_the_page_and_its_answers(page: Playground) -> None:
    kinds = {"html": "text/html", "js": "text/javascript", "css": "text/css", "LICENSE": "text/plain"}
    for place, name in FILES.items():
        answer = requests.get(page.url + place, timeout=60)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(kinds[name.rpartition(".")[2]])
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        if "codemirror" not in name:  # which names namespaces
            assert "http" not in answer.text.replace("http-equiv", "")  # nothing from elsewhere
    found = requests.post(page.url + "answer", json=BELL, timeout=30).json()
    assert found["outcome"]["result"]["probabilities"] == pytest.approx({"00": 0.5, "11": 0.5})


def test_completion_is_answered(page: Playground) -> None:
    found = requests.post(page.url + "complete", json={"text": "qubit q\nswa", "offset": 11}, timeout=30).json()
    assert [item["label"] for item in found["items"]] == ["swap"]


def test_other_hosts_and_other_pages_get_nothing(page: Playground) -> None:
    here = f"127.0.0.1:{page.port}"
    for headers in (
        {"Host": "evil.example"},
        {"Host": f"evil.example:{page.port}"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://localhost:{page.port}"},
    ):
        for path in ("", "setup.json"):
            assert requests.get(page.url + path, headers=headers, timeout=60).status_code == 403
        for path in ("answer", "complete", "add"):
            assert requests.post(page.url + path, json=BELL, headers=headers, timeout=60).status_code == 403
    own = {"Origin": f"http://{here}"}
    assert requests.post(page.url + "answer", json=BELL, headers=own, timeout=30).status_code == 200


def test_without_the_token_there_is_nothing(page: Playground) -> None:
    root = f"http://127.0.0.1:{page.port}/"
    for path in (
        "",
        "setup.json",
        "answer",
        "page.js",
        "x" * 24 + "/setup.json",
        f"{page.token}/../{page.token}x/setup.json",
    ):
        assert requests.get(root + path, timeout=60).status_code == 404
    for path in ("server.py", "../answers.py", "..%2fanswers.py", "static/page.js", "etc/passwd"):
        assert requests.get(page.url + path, timeout=60).status_code == 404
    with playground.start() as other:
        assert other.token != page.token


def test_requests_are_bounded(page: Playground) -> None:
    answer = requests.post(page.url + "answer", data=b"[" * 2_000_000, timeout=60)
    assert (answer.status_code, answer.json()["diagnostics"][0]["code"]) == (413, "QC1151")
    for body in (b"", b"{", b"\xff", b"[" * 100_000):
        for path in ("answer", "complete", "add"):
            answer = requests.post(page.url + path, data=body, timeout=60)
            assert (answer.status_code, answer.json()["diagnostics"][0]["code"]) == (400, "QC1150")
    huge = {"text": "", "values": {"a": 10**400}}
    assert requests.post(page.url + "answer", json=huge, timeout=60).status_code == 400


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SECONDS", 1.0)
    one = Worker()
    try:
        found = one.ask({"text": ENDLESS})
        assert found is not None
        assert [diagnostic["code"] for diagnostic in found["diagnostics"]] == ["QC1154"]
        monkeypatch.setattr(worker, "SECONDS", 30.0)
        found = one.ask(BELL)
        assert found is not None
        assert found["outcome"]["result"]["counts"] == {}
    finally:
        one.stop()


def test_nobody_waits_behind_an_answer_nobody_wants(page: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page goes away in the middle of a computation without end; the next request has its answer all the same."""
    monkeypatch.setattr(worker, "SECONDS", 3600.0)

    def impatient() -> None:
        with contextlib.suppress(requests.RequestException):
            requests.post(page.url + "answer", json={"text": ENDLESS}, timeout=0.5)

    first = threading.Thread(target=impatient)
    first.start()
    while first.is_alive() and not page.worker._turn.locked():
        time.sleep(0.01)
    found: dict[str, Any] = requests.post(page.url + "answer", json=BELL, timeout=120).json()
    first.join()
    assert "result" in found["outcome"]


def test_a_worker_that_dies_is_replaced() -> None:
    one = Worker()
    try:
        assert one.ask(BELL)
        process = one._process
        assert process is not None
        process.kill()
        process.wait()
        assert "outcome" in (one.ask(BELL) or {})
        process = one._process
        assert process is not None
        threading.Timer(0.3, process.kill).start()  # in the middle of its work
        found = one.ask({"text": ENDLESS})
        assert found is not None
        assert [diagnostic["code"] for diagnostic in found["diagnostics"]] == ["QC1155"]
    finally:
        one.stop()


def test_the_command_serves_until_it_is_interrupted() -> None:
    line = [sys.executable, "-m", "ionqdsl", "playground"]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert requests.get(url, timeout=60).status_code == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "Traceback" not in errors
    finally:
        process.kill()


def test_a_file_that_is_not_there_and_packages_that_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="QC0424"):
        playground.start(path="nowhere.qc")
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"QC0990.*starlette, uvicorn(.|\n)*ionqdsl\[playground\]"):
        playground.start()
