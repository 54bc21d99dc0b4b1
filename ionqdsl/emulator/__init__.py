"""IonQ's API v0.4 emulated on 127.0.0.1, for tests, for teaching and for work without a network.

Requests are validated against the project's own statement of the specification (schemas.py, endpoints.py), circuits run
on the local machine, and faults are injected on request (faults.py). `start()` runs it in a thread, `ionqdsl emulator`
in a terminal. Nobody is billed, nothing leaves the computer, and it is no authority on the behaviour of the real
service where the specification is silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ionqdsl.diagnostics.extras import require

if TYPE_CHECKING:
    from ionqdsl.emulator.server import Emulator


def start(**options: Any) -> Emulator:
    """An emulator in a thread of this process: `with emulator.start(queue=0.1) as service: service.url`.

    Options are those of `Settings` in service.py, and `port` (0: any). Raises UsageError if the port is not available
    or packages of the extra `emulator` are missing.
    """
    require("emulator")
    from ionqdsl.emulator.server import Emulator

    return Emulator(**options)


__all__ = ["start"]
