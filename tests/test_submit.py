"""Submitting and waiting, against a real server on loopback that injects every fault on request.

The one promise that matters most is counted by the server: whatever goes wrong, a submission is one POST.
"""

from __future__ import annotations

import json
import socket
import threading
from collections import namedtuple
from pathlib import Path

import pytest
import requests
from raw_service import response
from service import Reply, Service, refused
from submissions import BELL, KEY, accept, bell_program, faulty_service, job, said  # noqa: F401 - two are fixtures

from ionqdsl.cli import main
from ionqdsl.cloud import endpoints, transport
from ionqdsl.cloud import key as keys
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.cloud.submit import Request

# -- one submission is one POST ----------------------------------------------------------------------------------


def test_a_job_is_posted_once_with_the_compiled_bytes(service, bell, capsys, held):
    accept(service)
    assert main(["compile", bell]) == 0
    body = capsys.readouterr().out
    assert main(["submit", bell]) == 0
    out, err = said(capsys)
    assert out == "j-1 submitted\n"
    assert "ionqdsl jobs wait j-1" in err
    (post,) = service.seen
    assert (post.method, post.path) == ("POST", "/v0.4/jobs")
    sent = post.json
    assert sent.pop("metadata") == {"ionqdsl": held(Ledger()).latest()[0].tag}
    assert json.dumps(sent, separators=(",", ":")) == body.rstrip("\n")
    assert post.headers["authorization"] == f"apiKey {KEY}"
    assert post.headers["content-type"] == "application/json"


BAD_REQUEST = {
    "statusCode": 400,
    "error": "Bad Request",
    "message": "Input validation failed",
    "validation": {"keys": ["input.circuit", "shots"], "source": "payload"},
}
ANSWERS = [
    (Reply(400, BAD_REQUEST), 6, "QC0830", ["Input validation failed", "`input.circuit`, `shots`"]),
    (refused(401, "Invalid key provided"), 4, "QC0824", ["Invalid key provided"]),
    (refused(403, "No access"), 4, "QC0825", ["No access"]),
    (refused(404, "Not found"), 2, "QC0831", ["IONQ_API_URL"]),
    (refused(413, "too large"), 3, "QC0834", ["too large"]),
    (refused(400, f"your key {KEY} is odd"), 6, "QC0830", ["[key]"]),
]
DOUBTFUL = [
    (Reply(500, b"<html>oops</html>"), "QC0836", ["unknown", "jobs recover"]),
    (Reply(502), "QC0836", ["unknown"]),
    (Reply(503, headers={"Retry-After": "1"}), "QC0836", ["unknown"]),
    (Reply(504), "QC0836", ["unknown"]),
    (Reply(524), "QC0836", ["unknown"]),
    (Reply(408), "QC0836", ["unknown"]),
    (refused(409, "session has ended"), "QC0833", ["session has ended", "ionqdsl session list"]),
    (Reply(429, headers={"Retry-After": "170"}), "QC0835", ["wait 170 s", "its list does not contain"]),
    (refused(418, "\x1b[31mteapot\nsecond line"), "QC0846", ["418", "teapot second line"]),
    (refused(422, "unprocessable"), "QC0846", ["422", "unprocessable"]),
    (Reply(400, b"<html>blocked</html>"), "QC0846", ["400"]),
    (Reply(401, {"message": "Forbidden"}), "QC0846", ["401", "Forbidden"]),
    (Reply(307, headers={"Location": "https://elsewhere.example/"}), "QC0847", ["elsewhere.example", "unknown"]),
    (Reply(fault="reset"), "QC0841", ["unknown", "jobs recover"]),
    (Reply(201, {"id": "j-1"}, delay=4), "QC0841", ["no answer in time"]),
    (Reply(201, {"id": "j-1", "status": "submitted"}, fault="truncate"), "QC0837", ["was accepted"]),
    (Reply(201, b"not json"), "QC0837", ["was accepted"]),
    (Reply(201, {"id": ""}), "QC0837", ["was accepted"]),
    (Reply(500, fault="truncate", body={"message": "x" * 50}), "QC0841", ["unknown"]),
]


@pytest.mark.parametrize(("reply", "code", "name", "words"), ANSWERS, ids=lambda v: v if isinstance(v, str) else None)
def test_a_refusal_is_one_post_and_one_explanation(service, bell, capsys, reply, code, name, words):
    """Catches any retry of a POST, a wrong exit code, and a server that echoes the key."""
    service.on("POST", "/jobs", reply)
    assert main(["submit", bell, "--wait"]) == code
    out, err = said(capsys)
    assert out == ""
    assert f"error[{name}]" in err
    assert "\x1b" not in err
    for word in words:
        assert word in err
    assert [seen.method for seen in service.seen] == ["POST"]
    assert main(["explain", name]) == 0


def test_a_session_that_is_not_known_is_named(service, bell, capsys, held):
    """The address is right: it is the service that answers, about the contents of the job."""
    Path(bell).write_text('job { backend = "simulator"; session_id = "nope" }\nqubit q\nh q\n')
    service.on("POST", "/jobs", refused(404, "Session not found."))
    assert main(["submit", bell]) == 2
    err = said(capsys)[1]
    assert "error[QC0845]: the service does not know the session `nope` (404)" in err
    assert "IONQ_API_URL" not in err
    assert not held(Ledger()).unfinished()


def test_a_question_that_is_refused_says_so(service, bell, capsys):
    service.on("GET", "/jobs/j-1", Reply(418, {"message": "teapot"}))
    assert main(["jobs", "show", "j-1"]) == 6
    assert "error[QC0839]: the service refused (418): teapot" in said(capsys)[1]


@pytest.mark.parametrize(("reply", "name", "words"), DOUBTFUL, ids=lambda v: v if isinstance(v, str) else None)
def test_a_doubtful_end_is_one_post_and_a_look_at_the_list(service, bell, capsys, reply, name, words, held):
    """Where the list does not show the job either, the submission stays open: exit code 5."""
    service.on("POST", "/jobs", reply)
    service.on("GET", "/jobs", Reply(200, {"jobs": [], "next": None}))
    assert main(["submit", bell, "--wait"]) == 5
    out, err = said(capsys)
    assert out == ""
    assert f"error[{name}]" in err
    assert "\x1b" not in err
    assert main(["explain", name]) == 0
    (entry,) = held(Ledger()).unfinished()
    for word in (*words, entry.tag):
        assert word in err
    assert [seen.method for seen in service.seen] == ["POST", "GET", "GET"]


def test_a_busy_service_is_waited_for(service, bell, capsys):
    """429 proves nothing: the list is read before the job is sent again, which is the only answer after which it is."""
    busy = Reply(429, headers={"Retry-After": "0"})
    service.on("POST", "/jobs", busy, busy, Reply(201, {"id": "j-1", "status": "submitted"}))
    service.on("GET", "/jobs", Reply(200, {"jobs": [], "next": None}))
    assert main(["submit", bell]) == 0
    bodies = {seen.body for seen in service.asked("POST")}
    assert "".join(seen.method[0] for seen in service.seen) == "PGGPGGP"
    assert len(bodies) == 1
    service.on("POST", "/jobs", Reply(429))
    assert main(["submit", bell]) == 5
    assert "QC0835" in said(capsys)[1]


def test_nothing_is_sent_where_nobody_listens(service, bell, capsys, monkeypatch):
    with Service() as gone:
        url = gone.url
    monkeypatch.setenv("IONQ_API_URL", url)
    assert main(["submit", bell]) == 5
    assert "error[QC0840]: cannot reach 127.0.0.1" in said(capsys)[1]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_gets_neither_job_nor_key(service, bell, capsys, status):
    with Service() as other:
        other.on("POST", "/jobs", Reply(201, {"id": "stolen", "status": "submitted"}))
        service.on("POST", "/jobs", Reply(status, headers={"Location": other.url + "/jobs?token=1"}))
        assert main(["submit", bell]) == 5
        assert "QC0847" in said(capsys)[1]
        assert other.seen == []
        assert len(service.asked("POST")) == 1


def test_questions_follow_a_redirect_within_the_service_only(service, bell, capsys):
    with Service() as other:
        accept(service, Reply(302, headers={"Location": "/v0.4/jobs/moved"}))
        service.on("GET", "/jobs/moved", Reply(302, headers={"Location": other.url + "/jobs/j-1"}))
        assert main(["submit", bell, "--wait"]) == 2
        assert "QC0838" in said(capsys)[1]
        assert len(service.asked("GET", "/jobs/moved")) == 1
        assert other.seen == []


@pytest.mark.parametrize(
    ("nowhere", "code", "name"),
    [("http://[::1", 7, "QC0843"), ("//x:99999999/", 2, "QC0838"), ("javascript:1", 2, "QC0838")],
)
def test_a_redirect_to_no_address_is_an_answer_like_any_other(service, bell, capsys, nowhere, code, name):
    accept(service, Reply(302, headers={"Location": nowhere}))
    assert main(["submit", bell, "--wait"]) == code
    assert name in said(capsys)[1]


def test_an_interrupted_post_says_that_the_outcome_is_unknown(service, bell, capsys, monkeypatch):
    def interrupted(self, request):
        raise KeyboardInterrupt

    monkeypatch.setattr(transport.Transport, "send", interrupted)
    assert main(["submit", bell]) == 130
    assert "QC0842" in said(capsys)[1]


def test_a_payload_that_holds_the_key_is_not_sent(service, bell, capsys):
    Path(bell).write_text(BELL.replace("job {", 'job { metadata { k = env("IONQ_API_KEY") };'))
    assert main(["submit", bell]) == 3
    assert "QC0854" in said(capsys)[1]
    assert service.seen == []


# -- on the way ------------------------------------------------------------------------------------------------


def test_neither_a_proxy_nor_netrc_come_between(service, bell, capsys, monkeypatch, tmp_path):
    """requests would send plain http to this computer by HTTP_PROXY, and replace the key by a password of ~/.netrc."""
    accept(service)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login user password from-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Service() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        assert main(["submit", bell]) == 0
        assert proxy.seen == []
    assert service.seen[0].headers["authorization"] == f"apiKey {KEY}"
    netrc.write_text("machine api.ionq.co login user password from-netrc\n")
    session = transport.Transport(keys.Secret(KEY), "https://api.ionq.co/v0.4")._session
    prepared = session.prepare_request(requests.Request("GET", "https://api.ionq.co/v0.4/jobs"))
    assert prepared.headers["Authorization"] == f"apiKey {KEY}"


def test_a_question_survives_a_kept_connection_that_the_service_closes():
    """The first connection answers once and breaks off at the second question, as idle ones do; the next answers."""
    asked = []

    def serve(listening):
        for answers in (1, 1):
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as file:
                while (line := file.readline()).strip():
                    asked.append(line)
                    while file.readline().strip():
                        pass
                    if answers == 0:
                        break
                    answers -= 1
                    connection.sendall(response(200, {"jobs": [], "next": None}))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        sender = transport.Transport(keys.Secret(KEY), f"http://127.0.0.1:{listening.getsockname()[1]}/v0.4")
        replies = [sender.send(endpoints.request("jobs")) for _ in range(2)]
        sender.close()
    assert [type(reply).__name__ for reply in replies] == ["Answer", "Answer"]
    assert asked == [b"GET /v0.4/jobs HTTP/1.1\r\n"] * 3


@pytest.mark.parametrize("opening", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"])
def test_an_answer_that_drips_ends_in_time(monkeypatch, opening):
    """Each byte comes soon after the last one, so no wait for a single byte is long; the last one never comes."""
    monkeypatch.setattr(transport, "WHOLE_SECONDS", 0.02)
    gone = threading.Event()

    def serve(listening):
        connection, _ = listening.accept()
        with connection:
            connection.recv(1 << 16)
            connection.sendall(opening)
            for _ in range(1000):
                if gone.wait(0.005):
                    return
                connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        sender = transport.Transport(keys.Secret(KEY), f"http://127.0.0.1:{listening.getsockname()[1]}/v0.4")
        reply = sender.send(endpoints.request("jobs"))
        gone.set()
        thread.join()
        sender.close()
    assert reply.reason == "no answer in time"


@pytest.mark.parametrize(("status", "is_sent"), [(b"200 Connection established", True), (b"407 Who are you", False)])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_breaks_after_the_proxy_has_perhaps_sent(monkeypatch, method, status, is_sent):
    """urllib3 calls both the proxy's error; a submission that counts as not sent would be sent again unseen."""
    arrived = []

    def serve(listening):
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as file:
            for answer in (b"HTTP/1.1 " + status + b"\r\n\r\n", b""):
                while (line := file.readline()).strip():
                    arrived.append(line)
                connection.sendall(answer)

    Wrapped = namedtuple("Wrapped", ["socket", "is_verified"])

    def without_encryption(sock, **settings):
        return Wrapped(sock, True)

    monkeypatch.setattr("urllib3.connection._ssl_wrap_socket_and_match_hostname", without_encryption)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        sender = transport.Transport(keys.Secret(KEY), "https://api.example/v0.4")
        reply = sender._exchange(sender._session, Request(method, "/jobs"), "https://api.example/v0.4/jobs")
        thread.join()
        sender.close()
    assert (f"{method} /v0.4/jobs HTTP/1.1\r\n".encode() in arrived) == is_sent
    assert reply.sent == is_sent
