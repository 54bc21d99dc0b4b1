"""Where keys are kept between commands: the system's keyring, a file only the owner can read, or a command's output.

A profile's name comes in, the text of a key or nothing goes out; key.py makes a `Secret` of it. Nothing here prints a
key, and none is written except to the keyring or, if asked for, to a file of mode 0600.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from typing import Any

from ionqdsl.diagnostics import Diagnostic, KeyRefused, UsageError
from ionqdsl.settings import folder_for

SERVICE = "ionqdsl"
"""The keyring's name for us; its name for an entry is the profile."""

DEFAULT = "default"
"""The profile's name where none is chosen."""

SECONDS = 60
"""The longest a command for the key may take; it may have to ask for a password."""


def keyring_module() -> Any:
    """The keyring, or a UsageError where there is none that works."""
    try:
        import keyring  # late: an extra
        import keyring.backends.fail
    except ImportError:
        raise _no_keyring("the package is not installed") from None
    if isinstance(keyring.get_keyring(), keyring.backends.fail.Keyring):
        raise _no_keyring("the system has none that the package can use")
    return keyring


def from_keyring(profile: str) -> str | None:
    """The key a keyring has for a profile; None where there is no keyring, or it is locked and stays so."""
    value = _guarded(lambda ring: ring.get_password(SERVICE, profile))
    return value if isinstance(value, str) else None


def into_keyring(profile: str, value: str) -> None:
    """Keeps a key in the keyring. Raises UsageError where that is not possible, without the key in its words."""
    ring = keyring_module()
    try:
        ring.set_password(SERVICE, profile, value)
    except Exception as error:  # each system's keyring has errors of its own
        raise _no_keyring(f"it failed ({type(error).__name__})") from None


def out_of_keyring(profile: str) -> bool:
    """Removes a profile's key; whether there was one."""
    if from_keyring(profile) is None:
        return False
    return bool(_guarded(lambda ring: ring.delete_password(SERVICE, profile) or True))


def _guarded(action: Callable[[Any], Any]) -> Any:
    try:
        return action(keyring_module())
    except Exception:  # whatever a keyring does, other places for the key come after it
        return None


def key_file(profile: str, environment: Mapping[str, str] = os.environ) -> str:
    """Where `auth login --file` keeps a profile's key."""
    name = "key" if profile == DEFAULT else f"key-{''.join(c if c.isalnum() or c in '-_' else '_' for c in profile)}"
    return os.path.join(folder_for("config", environment), name)


def into_file(profile: str, value: str) -> str:
    """Writes a key to a file that never existed with another mode than 0600; gives its path. Raises UsageError."""
    path = key_file(profile)
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        try:
            with open(number, "w", encoding="ascii") as file:
                file.write(value + "\n")
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise UsageError([Diagnostic("QC0966", None, {"path": path, "reason": reason})]) from None
    return path


def out_of_file(profile: str) -> bool:
    """Removes a profile's key file; whether there was one."""
    path = key_file(profile)
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        reason = (error.strerror or "it failed").lower()
        raise UsageError([Diagnostic("QC0966", None, {"path": path, "reason": reason})]) from None
    return True


def from_command(command: str) -> str:
    """The first line a command prints. Raises KeyRefused; what it printed is never shown."""
    import shlex
    import subprocess

    try:
        words = shlex.split(command, posix=os.name == "posix")
        done = subprocess.run(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
    except (OSError, ValueError, IndexError) as error:
        reason = getattr(error, "strerror", None) or "it is not a command"
        raise _failed(command, reason.lower()) from None
    except subprocess.TimeoutExpired:
        raise _failed(command, f"it took longer than {SECONDS} seconds") from None
    if done.returncode:
        raise _failed(command, f"it ended with {done.returncode}")
    lines = done.stdout.decode("utf-8", errors="replace").splitlines()
    if not lines:
        raise _failed(command, "it printed nothing")
    return lines[0]


def _failed(command: str, reason: str) -> KeyRefused:
    return KeyRefused([Diagnostic("QC0963", None, {"command": command, "reason": reason})])


def _no_keyring(reason: str) -> UsageError:
    return UsageError([Diagnostic("QC0964", None, {"reason": reason})])
