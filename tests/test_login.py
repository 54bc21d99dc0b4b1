"""Settings and keys of the user: which wins, where a key may come from, and that nothing shows it."""

from __future__ import annotations

import json
import os
import stat
import sys
import types
from pathlib import Path

import pytest
from commands import folder  # noqa: F401 - a fixture is used by being here
from service import Reply

from ionqdsl import settings
from ionqdsl.cli import main
from ionqdsl.cloud import key as keys
from ionqdsl.cloud import keystore
from ionqdsl.diagnostics import KeyRefused, UsageError
from tests.test_account import KEY, account_service  # noqa: F401 - a fixture

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
    """Text that is piped into the command."""
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
    assert list(own.iterdir()) == [own / "ionqdsl.toml"], "nothing was written but to the keyring"


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
            shown = (out + err).replace(KEY, "", 1) if KEY in words else out + err  # the user's own words
            assert KEY not in shown, [*words, *flags]
    for path in [*own.rglob("*"), *Path().rglob("*"), *Path(os.environ["IONQDSL_STATE"]).rglob("*")]:
        if path.is_file() and path != own / "key":
            assert KEY.encode() not in path.read_bytes(), path
