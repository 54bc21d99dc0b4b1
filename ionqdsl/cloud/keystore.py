"""Keeps keys between commands: in the system's keyring, in a file only the owner can read, or by a command.

Takes a profile's name and returns the text of a key, or None; key.py makes a `Secret` of it. Nothing here prints a key,
and keys are written only to the keyring or, on request, to a file of mode 0600.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from typing import Any

from ionqdsl.diagnostics import Diagnostic, KeyRefused, UsageError
from ionqdsl.settings import folder_for

SERVICE = "ionqdsl"
"""Our name in the keyring; an entry is named after the profile."""

DEFAULT = "default"
"""The profile's name if none is chosen."""

SECONDS = 60
"""The longest time a command for the key may take; it may have to ask for a password."""


def keyring_module() -> Any:
    """The keyring module. Raises UsageError if no keyring works."""
    try:
        import keyring  # late: an extra
        import keyring.backends.fail
    except ImportError:
        raise _no_keyring("the package is not installed") from None
    if isinstance(keyring.get_keyring(), keyring.backends.fail.Keyring):
        raise _no_keyring("the system has none that the package can use")
    return keyring


def from_keyring(profile: str) -> str | None:
    """The key that the keyring has for a profile; None if there is no keyring, or it stays locked."""
    value = _guarded(lambda ring: ring.get_password(SERVICE, profile))
    return value if isinstance(value, str) else None


def into_keyring(profile: str, value: str) -> None:
    """Keeps a key in the keyring. Raises UsageError, without quoting the key, if that is not possible."""
    ring = keyring_module()
    try:
        ring.set_password(SERVICE, profile, value)
    except Exception as error:  # each system's keyring raises different errors
        raise _no_keyring(f"it failed ({type(error).__name__})") from None


def out_of_keyring(profile: str) -> bool:
    """Removes a profile's key; returns whether there was one."""
    if from_keyring(profile) is None:
        return False
    return bool(_guarded(lambda ring: ring.delete_password(SERVICE, profile) or True))


def _guarded(action: Callable[[Any], Any]) -> Any:
    try:
        return action(keyring_module())
    except Exception:  # a keyring may fail in any way; the other places for a key come next
        return None


def key_file(profile: str, environment: Mapping[str, str] = os.environ) -> str:
    """The file in which `auth login --file` keeps a profile's key."""
    name = "key" if profile == DEFAULT else f"key-{''.join(c if c.isalnum() or c in '-_' else '_' for c in profile)}"
    return os.path.join(folder_for("config", environment), name)


def into_file(profile: str, value: str) -> str:
    """Writes a key to a file that has mode 0600 from the start, and returns its path. Raises UsageError."""
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
    """Removes a profile's key file; returns whether there was one."""
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
    """The first line that a command prints. Raises KeyRefused; the output is never shown."""
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
