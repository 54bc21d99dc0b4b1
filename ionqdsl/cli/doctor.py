"""Shows the packages, settings, key and ledger in use, with their origins, and whatever is missing.

It asks nothing of the service and never shows the key. One command installs every missing extra. If a settings file,
the place of the key or the ledger is broken, the rest is shown too, and the exit code is that of the error.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib import import_module
from typing import Any, NamedTuple

from ionqdsl import __version__, settings
from ionqdsl.algebra import compiled
from ionqdsl.cli.tables import columns
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import IonqdslError
from ionqdsl.diagnostics.extras import EXTRAS, broken, missing

LIBRARIES = ("lark", "numpy", "requests", "shtab", "sympy")
"""The packages that every installation has."""
NO_KERNEL = "numpy: this installation has no compiled one"
STALE_KERNEL = "numpy: the compiled one is of another version"
NO_KEY = "none; `run` needs none, and for `submit` there is `ionqdsl auth login`"


class Findings(NamedTuple):
    """The state of an installation: parts of the answer to `--json`, and the errors of broken settings and keys."""

    installed: dict[str, Any]
    extras: dict[str, dict[str, Any]]
    settings: dict[str, dict[str, Any]]
    files: dict[str, str | None]
    key: dict[str, str | None]
    ledger: dict[str, Any]
    errors: list[IonqdslError]


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `doctor`."""


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Looks at everything and shows it, also if some of it is broken."""
    found = look(arguments.profile)
    terminal.data("\n".join(_text(found)))
    for error in found.errors:
        terminal.report(error.diagnostics)
    terminal.answer(**{name: getattr(found, name) for name in Findings._fields if name != "errors"})
    return terminal.code_of(found.errors[0]) if found.errors else 0


def look(profile: str | None) -> Findings:
    """Everything that matters about this installation and this folder."""
    errors: list[IonqdslError] = []
    files = {"project": settings.project_file("."), "user": settings.user_file()}
    files = {whose: path if path is not None and os.path.isfile(path) else None for whose, path in files.items()}
    key: dict[str, str | None] = {"origin": None}
    shown: dict[str, dict[str, Any]] = {}
    try:
        resolved = settings.resolve(".", profile)
    except IonqdslError as error:
        errors.append(error)
    else:
        shown = {name: {"value": value, "origin": origin} for name, (value, origin) in resolved.items()}
        key["origin"] = _origin_of_key(resolved, errors)
    errors += _unusable()
    return Findings(_installed(), _extras(), shown, files, key, _ledger(errors), errors)


def _unusable() -> list[IonqdslError]:
    """The errors of libraries that every installation has, and that cannot be imported here."""
    found = []
    for name in LIBRARIES:
        try:
            import_module(name)
        except ImportError as error:
            found.append(broken(error) or error)
    return [error for error in found if isinstance(error, IonqdslError)]


def _installed() -> dict[str, Any]:
    return {
        "ionqdsl": __version__,
        "folder": os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "executable": sys.executable,
        "system": f"{platform.system()} {platform.machine()}",
        "encoding": getattr(sys.stdout, "encoding", None),
        "kernel": _kernel(),
        "libraries": {name: version_of(name) for name in LIBRARIES},
    }


def _kernel() -> str:
    """Which kernel compiles and simulates; numpy takes the same steps, up to rounding."""
    if compiled.IS_STALE:
        return STALE_KERNEL
    if not compiled.HAS_KERNEL:
        return NO_KERNEL
    return "compiled" if compiled.is_used() else "numpy, as IONQDSL_KERNEL says"


def version_of(package: str) -> str | None:
    """The version of an installed package, None if it is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # late: it costs milliseconds

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _extras() -> dict[str, dict[str, Any]]:
    return {
        name: {
            "purpose": extra.purpose,
            "versions": {package: version_of(package) for package in extra.packages.values()},
            "missing": missing(name),
        }
        for name, extra in EXTRAS.items()
    }


def _origin_of_key(resolved: dict[str, settings.ResolvedSetting], errors: list[IonqdslError]) -> str | None:
    """The place of the key in use; None if there is none. A place that is broken is an error."""
    from ionqdsl.cloud import key

    try:
        return key.find_with_place(None, os.environ, key.kept(resolved))[1]
    except IonqdslError as error:
        if error.diagnostics[0].code != "QC0820":  # that there is none
            errors.append(error)
        return None


def _ledger(errors: list[IonqdslError]) -> dict[str, Any]:
    """The path of the ledger, and the number of its submissions, all and open ones; None if it is not there yet.

    One that cannot be used, or made, is an error, which `submit` would have, too.
    """
    from ionqdsl.cloud import database
    from ionqdsl.cloud.ledger import Ledger, default_path

    found: dict[str, Any] = {"path": default_path(), "submissions": None, "open": None}
    try:
        if os.path.exists(found["path"]):
            with Ledger() as ledger:
                found |= {"submissions": len(ledger.latest()), "open": len(ledger.unfinished())}
        elif not _can_make(found["path"]):
            raise database.unusable(found["path"], "it is not there, and its folder is not writable")
    except IonqdslError as error:
        errors.append(error)
    return found


def _can_make(path: str) -> bool:
    """Whether a file can be made, with the folders above it that do not exist."""
    above = os.path.dirname(os.path.abspath(path))
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    return os.path.isdir(above) and os.access(above, os.W_OK | os.X_OK)


# -- as text -----------------------------------------------------------------------------------------------------


def _text(findings: Findings) -> list[str]:
    installed = findings.installed
    lines = [
        f"ionqdsl {installed['ionqdsl']} in {installed['folder']}",
        f"{installed['python']} at {installed['executable']}, on {installed['system']}",
        f"kernel: {installed['kernel']}",
        ", ".join(f"{name} {version or 'missing'}" for name, version in installed["libraries"].items()),
        "",
        *_extras_text(findings.extras),
        "",
        *_settings_text(findings),
    ]
    if any(extra["missing"] for extra in findings.extras.values()):
        lines += ["", f"for every extra: pip install '{_installable(installed['folder'])}[all]'"]
    if installed["kernel"] in (NO_KERNEL, STALE_KERNEL):
        lines += ["", "compiling takes longer; for the kernel: python kernel/build.py, in a clone with a C compiler"]
    return lines


def _installable(folder: str) -> str:
    """The source from which pip installs this package: its clone, or its name."""
    clone = os.path.dirname(folder)
    return clone if os.path.isfile(os.path.join(clone, "pyproject.toml")) else "ionqdsl"


def _extras_text(extras: dict[str, dict[str, Any]]) -> list[str]:
    rows = []
    for name, extra in extras.items():
        versions = ", ".join(f"{package} {version}" for package, version in extra["versions"].items() if version)
        absent = f"missing: {', '.join(extra['missing'])}" if extra["missing"] else ""
        rows.append((name, "; ".join(filter(None, (absent, versions))), extra["purpose"]))
    return columns(("extra", "installed", "for"), rows, left=3)


def _settings_text(findings: Findings) -> list[str]:
    given = {name: row for name, row in findings.settings.items() if row["origin"] not in ("", "default")}
    rows = [(name, str(row["value"]), row["origin"]) for name, row in given.items()]
    lines = [*columns(("setting", "value", "from"), rows, left=3), ""] if rows else []
    lines += [f"{whose + ' settings:':<18}{path or 'none'}" for whose, path in findings.files.items()]
    if findings.settings:
        lines.append(f"{'key:':<18}{findings.key['origin'] or NO_KEY}")
        lines.append(f"{'service:':<18}{findings.settings['url']['value']}")
    return [*lines, f"{'ledger:':<18}{findings.ledger['path']}{_counted(findings.ledger)}"]


def _counted(ledger: dict[str, Any]) -> str:
    if ledger["submissions"] is None:
        return "" if os.path.exists(ledger["path"]) else " (not there yet)"
    count, is_open = ledger["submissions"], ledger["open"]
    more = f", {is_open} open: `ionqdsl jobs recover`" if is_open else ""
    return f" ({count} submission{'s' * (count != 1)}{more})"
