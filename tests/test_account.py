"""The verbs about the account, keys and settings, against a real server on loopback.

Would catch a request that is not in the specification, a session started twice, a key that shows in any output, a key
file that others may read, and a setting that wins over one of higher precedence.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import types
from pathlib import Path

import pytest
from commands import folder  # noqa: F401 - a fixture is used by being here
from service import Reply, Service, refused

from ionqdsl import settings
from ionqdsl.cli import main
from ionqdsl.cloud import account, keystore
from ionqdsl.cloud import key as keys
from ionqdsl.cloud.asking import Timing
from ionqdsl.cloud.client import Client
from ionqdsl.diagnostics import JobFailed, KeyRefused, ServiceError, UsageError

KEY = "k3y-that-nobody-may-see-0123456789"
FORTE = {
    "backend": "qpu.forte-1",
    "status": "available",
    "qubits": 36,
    "average_queue_time": 7_200_000,
    "degraded": True,
    "characterization_id": "c1",
    "supported_native_gates": ["gpi", "gpi2", "zz"],
}
RECORD = {
    "id": "c1",
    "date": "2026-06-16T00:00:00Z",
    "backend": "qpu.forte-1",
    "fidelity": {"spam": {"median": 0.9962}, "1q": {"median": 0.9998}, "2q": {"median": 0.9954}},
    "timing": {"t1": 100, "1q": 0.00013},
}
SIMULATOR = {"backend": "simulator", "status": "available", "qubits": 29, "average_queue_time": 0}
SESSION = {
    "id": "s1",
    "status": "started",
    "backend": "qpu.forte-1",
    "active": True,
    "started_at": "2026-06-16T08:15:00Z",
    "settings": {"job_count_limit": 10, "cost_limit": {"unit": "usd", "value": 100}},
}


@pytest.fixture
def service(monkeypatch):
    with Service() as service:
        monkeypatch.setenv("IONQ_API_KEY", KEY)
        monkeypatch.setenv("IONQ_API_URL", service.url)
        monkeypatch.setattr("ionqdsl.cloud.submit.LONGEST_PAUSE", 0.0)
        monkeypatch.setattr("ionqdsl.cloud.states.SOON", (0.0,))
        monkeypatch.setattr("ionqdsl.cloud.states.LATER", (0.0,))
        retired = {**SIMULATOR, "backend": "qpu.aria-1", "status": "retired"}
        service.on("GET", "/backends", Reply(body=[FORTE, SIMULATOR, retired]))
        service.on("GET", "/backends/qpu.forte-1", Reply(body=FORTE))
        service.on("GET", "/backends/qpu.forte-1/characterizations/c1", Reply(body=RECORD))
        service.on("GET", "/whoami", Reply(body={"key_id": "k1", "key_name": "mine", "project_id": "p1"}))
        service.on("GET", "/sessions", Reply(body={"organization_id": "org", "sessions": [SESSION]}))
        service.on("POST", "/sessions", Reply(201, SESSION))
        service.on("POST", "/sessions/s1/end", Reply(body={**SESSION, "status": "ended"}))
        usage = {"job_count": 3, "amount_total": 12.5, "time_us_total": 9e6, "usage_unit": "usd",
                 "usage_data": [{"from": "2026-07-01", "job_count": 3, "amount": 12.5, "time_us": 9e6, "group_usages":
                                 [{"group_name": "chem", "job_count": 3, "amount": 12.5}]}]}  # fmt: skip
        service.on("GET", "/organizations/org/usage", Reply(body=usage))
        yield service


@pytest.fixture
def client(service, held):
    return held(Client(timing=Timing(sleep=lambda seconds: None)))


# -- verbs -------------------------------------------------------------------------------------------------------


def test_backends(service, capsys):
    assert main(["backends"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "status", "qubits", "queue", "1q", "2q", "spam", "measured"]
    assert lines[1].split() == [
        "qpu.forte-1", "available,", "degraded", "36", "2.0", "h", "99.98%", "99.54%", "99.62%", "2026-06-16"
    ]  # fmt: skip
    assert lines[2].split() == ["simulator", "available", "29", "0", "s"]
    assert len(lines) == 3, "the retired one is left out"
    assert main(["backends", "-v"]) == 0
    assert "retired" in capsys.readouterr().out
    assert main(["backends", "--json"]) == 0
    forte = json.loads(capsys.readouterr().out)["backends"][0]
    assert (forte["name"], forte["is_degraded"], forte["figures"]["fidelity"]["2q"]) == ("qpu.forte-1", True, 0.9954)


def test_one_backend_and_its_characterization_for_the_compiler(service, capsys):
    assert main(["backends", "qpu.forte-1"]) == 0
    out = capsys.readouterr().out
    assert "native gates   gpi, gpi2, zz" in out
    assert "time 1q        0.00013 s" in out
    assert main(["backends", "qpu.forte-1", "--save", "forte.json"]) == 0
    assert json.loads(Path("forte.json").read_text()) == RECORD | {"supported_native_gates": ["gpi", "gpi2", "zz"]}
    assert main(["compile", "bell.qc", "--target", "forte", "--characterization", "forte.json", "-q"]) == 0
    assert main(["backends", "qpu.nowhere"]) == 2
    assert "error[QC0967]" in capsys.readouterr().err


def test_whoami(service, capsys):
    assert main(["whoami"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["key      mine (k1)", "project  p1"]


def test_sessions(service, capsys):
    assert (
        main(["session", "start", "qpu.forte-1", "--max-jobs", "10", "--max-minutes", "60", "--max-cost", "100"]) == 0
    )
    assert service.asked("POST", "/sessions")[0].json == {
        "backend": "qpu.forte-1",
        "settings": {"job_count_limit": 10, "duration_limit_min": 60, "cost_limit": {"unit": "usd", "value": 100.0}},
    }
    assert capsys.readouterr().out == "s1 started\n"
    assert main(["session", "list"]) == 0
    assert service.asked("GET", "/sessions")[-1].path.endswith("?active=true")
    assert capsys.readouterr().out.splitlines()[1].split() == [
        "s1", "started", "qpu.forte-1", "2026-06-16", "08:15", "10", "100.00", "usd"
    ]  # fmt: skip
    assert main(["session", "end", "s1"]) == 0
    assert capsys.readouterr().out == "s1 ended\n"
    for words in (["start"], ["end"], ["list", "s1"]):
        assert main(["session", *words]) == 2


def test_usage(service, capsys):
    assert main(["usage", "--from", "2026-07-01", "--to", "2026-08-01", "--every", "monthly"]) == 0
    asked = service.asked("GET", "/organizations/org/usage")[0].path
    assert asked.endswith("?start_date=2026-07-01&end_date=2026-08-01&group_by=project&modality=monthly")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [
        ["2026-07-01", "3", "9.0", "s", "12.50", "usd"],
        ["chem", "3", "12.50", "usd"],
        ["total", "3", "9.0", "s", "12.50", "usd"],
    ]
    service.on("GET", "/sessions", Reply(body={}))
    assert main(["usage"]) == 2
    assert "error[QC0970]" in capsys.readouterr().err


# -- trouble -----------------------------------------------------------------------------------------------------


def test_what_reads_is_asked_again_and_what_spends_is_not(service, client):
    service.on("GET", "/whoami", Reply(503), Reply(fault="reset"), Reply(429), Reply(body={"key_id": "k1"}))
    assert client.whoami().id == "k1"
    for bad in (Reply(502), Reply(fault="reset"), Reply(504)):
        service.seen.clear()
        service.on("POST", "/sessions", bad)
        with pytest.raises(
            ServiceError, match=r"QC0969.*whether the request was carried out is unknown[^`]*`ionqdsl session list`"
        ):
            client.start_session("qpu.forte-1")
        assert len(service.asked("POST")) == 1
    service.on("POST", "/sessions/s1/end", Reply(502), Reply(body={**SESSION, "status": "ended"}))
    assert client.end_session("s1").status == "ended", "ending twice is ending once"


def test_refusals(service, client):
    service.on("POST", "/sessions", refused(400, "no such limit", validation={"keys": ["settings.x"]}))
    with pytest.raises(JobFailed, match=r"QC0968.*session.*400.*no such limit[^`]*`settings.x`"):
        client.start_session("qpu.forte-1")
    service.on("GET", "/whoami", Reply(401))
    with pytest.raises(KeyRefused, match="QC0824"):
        client.whoami()
    service.on("GET", "/whoami", Reply(200, b"<html>"))
    with pytest.raises(ServiceError, match=r"QC0844.*API key"):
        client.whoami()


# -- settings ----------------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The folder of the user's own settings."""
    path = tmp_path / "own"
    path.mkdir()
    monkeypatch.setenv("IONQDSL_CONFIG", str(path))
    return path


def test_which_setting_wins(own, monkeypatch, capsys):
    """Each layer sets one more name than the layer above it, so each must show through exactly once."""
    (own / "ionqdsl.toml").write_text(
        'noise = "aria-1"\nshots = 1\nlevel = 1\nformat = "csv"\n[profiles.lab]\nnoise = "aria-2"\n'
    )
    Path("ionqdsl.toml").write_text("shots = 2\nlevel = 0\n[profiles.lab]\nlevel = 2\n")
    monkeypatch.setenv("IONQDSL_LEVEL", "3")
    found = settings.resolve(".")
    assert {name: found[name].value for name in ("level", "shots", "noise", "format", "order")} == {
        "level": 3, "shots": 2, "noise": "aria-1", "format": "csv", "order": "q0-left"
    }  # fmt: skip
    assert found["level"].origin == "IONQDSL_LEVEL"
    assert found["order"].origin == "default"
    monkeypatch.delenv("IONQDSL_LEVEL")
    lab = settings.resolve(".", "lab")
    assert (lab["level"].value, lab["shots"].value, lab["noise"].value) == (2, 2, "aria-2")
    assert lab["level"].origin.endswith("ionqdsl.toml, profile lab")
    assert main(["config", "--json", "--profile", "lab"]) == 0
    shown = json.loads(capsys.readouterr().out)["settings"]
    assert shown["noise"] == {"value": "aria-2", "origin": f"{own / 'ionqdsl.toml'}, profile lab"}
    assert main(["--profile=lab", "config", "-v"]) == 0
    assert "IONQ_API_URL" in capsys.readouterr().out


def test_settings_reach_the_verbs(own, monkeypatch, capsys):
    (own / "ionqdsl.toml").write_text('[profiles.lab]\nformat = "csv"\nshots = 7\n')
    assert main(["run", "bell.qc", "--seed", "1", "--profile", "lab"]) == 0
    assert sum(int(line.split(",")[4]) for line in capsys.readouterr().out.splitlines()[1:]) == 7
    monkeypatch.setenv("IONQDSL_PROFILE", "lab")
    assert main(["run", "bell.qc", "--seed", "1", "--format", "table", "--shots", "9"]) == 0
    assert capsys.readouterr().out.startswith("circuit  register")
    monkeypatch.setenv("IONQDSL_FORMAT", "pictures")
    assert main(["run", "bell.qc"]) == 2
    assert "error[QC0962]: the environment variable `IONQDSL_FORMAT`" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["url", "api_key_command"])
def test_no_project_decides_who_gets_the_key(name, own, service, monkeypatch, capsys):
    """A repository one has just cloned must neither run a program nor send the key elsewhere."""
    Path("pyproject.toml").write_text(f'[tool.ionqdsl.profiles.x]\n{name} = "touch stolen"\n')
    assert main(["whoami"]) == 2
    assert "error[QC0960]" in capsys.readouterr().err
    assert service.seen == []
    assert not Path("stolen").exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("profiles = 3", "QC0812"),
        ("[profiles.a]\nshot = 1", "QC0812"),
        ('profile = "x"', "QC0961"),
        ('shots = "1"', "QC0812"),
    ],
)
def test_settings_that_are_wrong(text, code, own, capsys):
    (own / "ionqdsl.toml").write_text(text)
    assert main(["config"]) == 2
    assert f"error[{code}]" in capsys.readouterr().err


# -- keys --------------------------------------------------------------------------------------------------------


class Ring:
    """A keyring in memory, where the package would look for one."""

    def __init__(self, monkeypatch, broken=False):
        self.kept, self.broken = {}, broken
        module = types.ModuleType("keyring")
        backends, fail = types.ModuleType("keyring.backends"), types.ModuleType("keyring.backends.fail")
        fail.Keyring = type("Keyring", (), {})
        module.get_keyring = lambda: self
        module.get_password, module.set_password, module.delete_password = self.get, self.set, self.delete
        module.backends, backends.fail = backends, fail
        for name, found in (("keyring", module), ("keyring.backends", backends), ("keyring.backends.fail", fail)):
            monkeypatch.setitem(sys.modules, name, found)

    def get(self, service, name):
        if self.broken:
            raise RuntimeError("locked")
        return self.kept.get((service, name))

    def set(self, service, name, value):
        if self.broken:
            raise RuntimeError(f"cannot keep {value}")
        self.kept[service, name] = value

    def delete(self, service, name):
        del self.kept[service, name]


@pytest.fixture
def typed(monkeypatch):
    """What is piped into the command."""
    import io

    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_login_into_the_keyring(own, service, typed, monkeypatch, capsys):
    ring = Ring(monkeypatch)
    monkeypatch.delenv("IONQ_API_KEY")
    typed(KEY + "\n")
    assert main(["auth", "login"]) == 0
    assert ring.kept == {("ionqdsl", "default"): KEY}
    assert main(["auth", "status"]) == 0
    assert "comes from the keyring" in capsys.readouterr().out
    assert main(["whoami"]) == 0
    assert service.seen[-1].headers["authorization"] == f"apiKey {KEY}"
    (own / "ionqdsl.toml").write_text("[profiles.lab]\n")
    assert main(["whoami", "--profile", "lab"]) == 4, "each profile has its own"
    assert main(["auth", "logout"]) == 0
    assert ring.kept == {}
    assert main(["whoami"]) == 4
    assert list(own.iterdir()) == [own / "ionqdsl.toml"], "nothing was written beside the keyring"


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_login_into_a_file(own, service, typed, monkeypatch, capsys):
    monkeypatch.delenv("IONQ_API_KEY")
    os.umask(0o000)
    typed(f"  {KEY}  \n")
    assert main(["auth", "login"]) == 2, "without a keyring one has to ask for a file"
    assert "error[QC0964]" in capsys.readouterr().err
    typed(KEY)
    assert main(["auth", "login", "--file"]) == 0
    os.umask(0o022)
    path = own / "key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == KEY + "\n"
    assert main(["whoami"]) == 0
    path.chmod(0o644)
    assert main(["whoami"]) == 4, "a file that others may read is refused, not passed over"
    assert "QC0822" in capsys.readouterr().err
    assert main(["auth", "logout"]) == 0
    assert not path.exists()


@pytest.mark.parametrize(("text", "code"), [("", 2), ("\n", 2), ("two words\n", 4), ("schlüssel\n", 4)])
def test_login_with_what_is_no_key(text, code, own, typed, capsys):
    typed(text)
    assert main(["auth", "login", "--file"]) == code
    assert "two words" not in capsys.readouterr().err
    assert list(own.iterdir()) == []


def test_the_order_of_places(own, monkeypatch):
    """From the last to the first; each new place goes before those already there."""
    places = keys.Kept()
    with pytest.raises(KeyRefused):
        keys.find(None, {}, places)
    keystore.into_file("default", "from-file")
    environment = {"IONQDSL_CONFIG": str(own)}
    assert keys.find(None, environment, places).reveal() == "from-file"
    Ring(monkeypatch).set("ionqdsl", "default", "from-keyring")
    assert keys.find(None, environment, places).reveal() == "from-keyring"
    places = places._replace(command=f"""{sys.executable} -c 'print("from-command")'""")
    assert keys.find(None, environment, places).reveal() == "from-command"
    (own / "named").write_text("from-setting")
    (own / "named").chmod(0o600)
    places = places._replace(file=str(own / "named"))
    assert keys.find(None, environment, places).reveal() == "from-setting"
    assert keys.find(None, {"IONQ_API_KEY": "from-variable"}, places).reveal() == "from-variable"
    (own / "flag").write_text("from-flag")
    (own / "flag").chmod(0o600)
    assert keys.find(str(own / "flag"), {"IONQ_API_KEY": "from-variable"}, places).reveal() == "from-flag"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("no-such-program-anywhere", "no such file"),
        (f"{sys.executable} -c 'import sys; print(\"{KEY}\"); sys.exit(3)'", "ended with 3"),
        (f"{sys.executable} -c pass", "printed nothing"),
        ("'", "not a command"),
        ("", "not a command"),
    ],
)
def test_commands_that_give_no_key(command, said):
    with pytest.raises(KeyRefused, match=f"QC0963.*{said}"):
        keystore.from_command(command)


def test_a_keyring_that_is_locked_is_passed_over_when_reading(monkeypatch):
    Ring(monkeypatch, broken=True)
    assert keystore.from_keyring("default") is None
    with pytest.raises(UsageError, match="QC0964") as caught:
        keystore.into_keyring("default", KEY)
    assert KEY not in str(caught.value)


# -- safety ------------------------------------------------------------------------------------------------------

ECHO = {
    "message": f"your key {KEY} is odd",
    "error": KEY,
    "key_id": KEY,
    "id": KEY,
    "status": KEY,
    "jobs": [{"id": KEY}],
}


def calls():
    """Every verb that talks to the service or touches keys, in ways that work and ways that do not."""
    yield from (["backends"], ["backends", "qpu.forte-1"], ["whoami"], ["usage"], ["config", "-v"], ["auth", "status"])
    yield from (
        ["session", "list"],
        ["session", "start", "qpu.forte-1"],
        ["session", "end", "s1"],
        ["session", "end", KEY],
    )
    yield from (
        ["jobs", "list"],
        ["jobs", "show", "j1"],
        ["jobs", "results", "j1"],
        ["jobs", "wait", "j1", "--timeout", "0.1"],
    )
    yield from (
        ["submit", "bell.qc", "--backend", "simulator"],
        ["run", "bell.qc", "--backend", "simulator", "--timeout", "0.1"],
    )
    yield from (
        ["auth", "login"],
        ["auth", "login", "--file"],
        ["auth", "logout"],
        ["whoami", "--api-key-file", "none"],
    )


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=ECHO),
        Reply(401, ECHO),
        Reply(400, ECHO),
        Reply(500, ECHO),
        Reply(200, KEY.encode()),
        Reply(301, {}, {"Location": f"http://127.0.0.1/{KEY}"}),
        None,
    ],
)
def test_no_output_of_any_verb_holds_the_key(reply, own, service, typed, monkeypatch, capsys):
    """Answers that quote the key, refusals, redirects and crashes; on both streams, plain, with --json and with -v."""
    monkeypatch.setattr("ionqdsl.cloud.submit.PATIENCE", 2)
    if reply is not None:
        service._reply_to = lambda seen: reply
    for words in calls():
        for flags in ([], ["--json"], ["-v"]):
            typed(KEY + "\n")
            main([*words, *flags])
            out, err = capsys.readouterr()
            shown = (out + err).replace(KEY, "", 1) if KEY in words else out + err  # what the user typed himself
            assert KEY not in shown, [*words, *flags]
    for path in [*own.rglob("*"), *Path().rglob("*"), *Path(os.environ["IONQDSL_STATE"]).rglob("*")]:
        if path.is_file() and path != own / "key":
            assert KEY.encode() not in path.read_bytes(), path


def pages(*contents):
    """Pages of a list: the ids on each, and what it says comes next."""
    return [Reply(200, {"jobs": [{"id": one} for one in ids], "next": after}) for ids, after in contents]


def listed(held):
    """The ids of a list, and whether it was said to be broken off."""
    found = []
    try:
        for job in account.jobs(held(Client()).link):
            found.append(job["id"])
    except ServiceError as error:
        return found, error.diagnostics[0].code
    return found, None


LONG = "c" * 500
"""A cursor is the service's own business, whatever it looks like."""


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        ([("ab", "1"), ("c", None)], ("abc", None)),
        ([("ab", LONG), ("c", None)], ("abc", None)),
        ([("ab", 2), ("c", None)], ("ab", "QC0844")),
        ([("ab", True)], ("ab", "QC0844")),
        ([("ab", {"after": "b"})], ("ab", "QC0844")),
        ([("ab", "")], ("ab", "QC0844")),
        ([("ab", "1"), ("c", "2"), ("d", "1")], ("abcd", "QC0844")),
        ([("ab", "1"), ("", "2"), ("c", None)], ("abc", None)),
        ([("ab", "1"), ("", "2"), ("", "3"), ("", "4")], ("ab", "QC0844")),
    ],
    ids=["two pages", "long", "number", "truth", "table", "empty text", "circle", "empty page", "empty pages"],
)
def test_a_list_of_jobs_is_whole_or_says_that_it_is_not(service, held, contents, found):
    service.on("GET", "/jobs", *pages(*contents))
    assert listed(held) == ([*found[0]], found[1])
    asked = [seen.path for seen in service.asked("GET", "/jobs")]
    assert all(f"next={after}" in path for path, (_, after) in zip(asked[1:], contents, strict=False))


def test_a_broken_list_does_not_matter_where_enough_was_read(service, held):
    service.on("GET", "/jobs", *pages(("ab", 2)))
    assert [job["id"] for job in account.jobs(held(Client()).link, 2)] == ["a", "b"]
