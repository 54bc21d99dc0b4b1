"""Reads settings from the environment and files, and decides which of several wins.

Takes the environment, the project's file, the user's own file and a profile's name; returns every setting's value with
its source. Flags override all of them (verbs.py); a program's own job block is flags.py's. A key is never a setting.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.diagnostics.choices import choices
from ionqdsl.diagnostics.source import Source
from ionqdsl.nesting import TOO_DEEP, is_too_deep
from ionqdsl.record import Any, NamedTuple, lazy_pattern


class Setting(NamedTuple):
    """One row. A `personal` setting decides where a key comes from or goes to, so no project may set it."""

    name: str
    type: type
    meaning: str
    variable: str = ""  # the environment variable; by default IONQDSL_ and the name
    default: Any = None
    personal: bool = False

    @property
    def environment(self) -> str:
        """The environment variable."""
        return self.variable or f"IONQDSL_{self.name.upper()}"


SETTINGS: dict[str, Setting] = {
    row.name: row
    for row in (
        Setting("target", str, "qis, a kind of machine such as forte, or the name of a backend"),
        Setting("level", int, "optimisation, 0 to 3"),
        Setting("preserve", str, "the properties that compilation keeps", default="measurement"),
        Setting("wire", str, "profile of the API", default="v0.4"),
        Setting("backend", str, "where `run` and `submit` send jobs"),
        Setting("shots", int, "how often each circuit runs", default=100),
        Setting("noise", str, "noise of a simulator"),
        Setting("format", str, "how results are shown", default="histogram"),
        Setting("order", str, "the position of q[0] in bit strings", default="q0-left"),
        Setting("color", str, "colours: auto, always or never", default="auto"),
        Setting("api_key_file", str, "a file with the key, which only you can read", "IONQ_API_KEY_FILE"),
        Setting("api_key_command", str, "a command that prints the key", personal=True),
        Setting("url", str, "the address of the service", "IONQ_API_URL", "https://api.ionq.co/v0.4", personal=True),
        Setting("profile", str, "which profile's settings to use"),
    )
}
"""Name -> row. A setting that has a flag has the flag's name."""

OF_THE_JOB = ("backend", "shots", "noise")
"""Settings that a program's job block also has: here they only fill gaps."""

PROFILES = "profiles"
"""The table of a settings file that holds profiles: `[profiles.lab]`."""

_IN_PYPROJECT = lazy_pattern(rb"^\[tool\.ionqdsl(\.\w+)*\]", re.MULTILINE)


class ResolvedSetting(NamedTuple):
    """A setting's value and its source: a variable, a file, "default", or "" if it has no value."""

    value: Any
    origin: str


class SettingsFile(NamedTuple):
    """A settings file: its plain settings, and its profiles by name."""

    path: str
    plain: Mapping[str, Any]
    profiles: Mapping[str, Mapping[str, Any]]


# -- files -------------------------------------------------------------------------------------------------------


_FOLDERS = {
    "win32": {"config": ("APPDATA", "AppData/Roaming"), "state": ("LOCALAPPDATA", "AppData/Local")},
    "darwin": dict.fromkeys(("config", "state"), ("", "Library/Application Support")),
    "linux": {"config": ("XDG_CONFIG_HOME", ".config"), "state": ("XDG_STATE_HOME", ".local/state")},
}
"""System -> kind of file -> the variable that may name the folder, and otherwise the folder under the user's own.

The same as in platformdirs, whose import costs every command 17 ms of processor time on Python 3.11 (median of 15).
"""


def folder_for(kind: str, environment: Mapping[str, str] = os.environ) -> str:
    """The folder for "config" or "state": IONQDSL_CONFIG or IONQDSL_STATE, or the system's own place for such files."""
    if environment.get(f"IONQDSL_{kind.upper()}"):
        return environment[f"IONQDSL_{kind.upper()}"]
    variable, below = _FOLDERS.get(sys.platform, _FOLDERS["linux"])[kind]
    above = environment.get(variable, "")  # the XDG specification says to ignore it unless it is absolute
    above = above if os.path.isabs(above) else os.path.join(os.path.expanduser("~"), *below.split("/"))
    return os.path.join(above, "ionqdsl")


def user_file(environment: Mapping[str, str] = os.environ) -> str:
    """The path of the user's own settings file, which need not exist."""
    return os.path.join(folder_for("config", environment), "ionqdsl.toml")


def project_file(folder: str) -> str | None:
    """The settings file nearest to a folder: in it or above it, or None."""
    folder = os.path.abspath(folder)
    while True:
        path = os.path.join(folder, "ionqdsl.toml")
        if os.path.isfile(path):
            return path
        path = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(path) and _IN_PYPROJECT.search(_bytes(path)):
            return path
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def load(path: str, is_personal: bool) -> SettingsFile:
    """The settings in a file, checked. Raises UsageError if something is wrong with them."""
    import tomllib  # late: most commands find no file

    try:
        text = _bytes(path).decode()
        if is_too_deep(text):
            raise ValueError(TOO_DEEP)
        table = tomllib.loads(text)
    except ValueError as error:
        raise wrong(path, str(error)) from None
    except RecursionError:  # brackets can hide between quotes of two comments, which TOML has and JSON has not
        raise wrong(path, TOO_DEEP) from None
    if os.path.basename(path) == "pyproject.toml":
        table = table["tool"]["ionqdsl"]
    profiles = table.pop(PROFILES, {})
    if not isinstance(profiles, dict) or not all(isinstance(block, dict) for block in profiles.values()):
        raise wrong(path, f"`{PROFILES}` must hold tables, such as `[{PROFILES}.lab]`")
    for block in (table, *profiles.values()):
        _check(path, block, is_personal)
    return SettingsFile(path, table, profiles)


def _check(path: str, block: Mapping[str, Any], is_personal: bool) -> None:
    for name, value in block.items():
        row = SETTINGS.get(name)
        if row is None:
            raise wrong(path, f"there is no setting `{name}`", facts=choices(name, SETTINGS))
        if type(value) is not row.type:
            kind = "a whole number" if row.type is int else "a text in quotation marks"
            raise wrong(path, f"`{name}` must be {kind}")
        if row.personal and not is_personal:
            raise UsageError([Diagnostic("QC0960", Source("", path), {"name": name, "file": user_file()})])


# -- which one wins ----------------------------------------------------------------------------------------------


def resolve(
    folder: str = ".", profile: str | None = None, environment: Mapping[str, str] = os.environ
) -> dict[str, ResolvedSetting]:
    """Every setting and its source: environment, project's file, user's file, default, in this order.

    In each file the chosen profile's table overrides the plain one. Raises UsageError for an invalid file or variable,
    and for a profile that no file has.
    """
    paths = (project_file(folder), user_file(environment))
    own = paths[1]
    files = [load(path, path == own) for path in dict.fromkeys(paths) if path is not None and os.path.isfile(path)]
    chosen = profile or environment.get("IONQDSL_PROFILE")
    chosen = chosen or next((file.plain["profile"] for file in files if "profile" in file.plain), None)
    if chosen is not None and not any(chosen in file.profiles for file in files):
        names = ", ".join(f"`{name}`" for file in files for name in file.profiles) or None
        raise UsageError([Diagnostic("QC0961", None, {"name": chosen, "known": names})])
    layers: list[tuple[str, Mapping[str, Any]]] = [("environment", _from_environment(environment))]
    for file in files:
        layers.append((f"{file.path}, profile {chosen}", file.profiles.get(chosen or "", {})))
        layers.append((file.path, file.plain))
    layers.append(("default", {row.name: row.default for row in SETTINGS.values() if row.default is not None}))
    resolved = {row.name: _first(row, layers) for row in SETTINGS.values()}
    if profile is not None:
        resolved["profile"] = ResolvedSetting(profile, "--profile")
    return resolved


def _first(row: Setting, layers: list[tuple[str, Mapping[str, Any]]]) -> ResolvedSetting:
    for origin, block in layers:
        if row.name in block:
            return ResolvedSetting(block[row.name], row.environment if origin == "environment" else origin)
    return ResolvedSetting(None, "")


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for row in SETTINGS.values():
        text = environment.get(row.environment)
        if not text:
            continue
        if row.type is int and not (text.isascii() and text.isdigit() and len(text) < 20):
            raise wrong(row.environment, f"`{text[:40]}` is not a whole number", variable=True)
        values[row.name] = row.type(text)
    return values


def wrong(where: str, reason: str, variable: bool = False, facts: Mapping[str, Any] | None = None) -> UsageError:
    """The UsageError about a settings file or an environment variable; `facts` are those of `choices`, if there are."""
    facts = {"reason": reason, **(facts or {})}
    if variable:
        return UsageError([Diagnostic("QC0962", None, {"name": where, **facts})])
    return UsageError([Diagnostic("QC0812", Source("", where), facts)])


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1_000_000)
    except OSError as error:
        raise wrong(path, (error.strerror or "unreadable").lower()) from None
