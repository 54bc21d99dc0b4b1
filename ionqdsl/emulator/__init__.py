"""The service on this computer: IonQ's API v0.4 on 127.0.0.1, for tests, for teaching and for work without a network.

Requests are judged by the project's own statement of the specification (schemas.py, endpoints.py), circuits run on the
local machine, and faults happen on demand (faults.py). `start()` runs it in a thread; `ionqdsl emulator` in a terminal.
Nobody is billed, nothing leaves the computer, and it is no authority on what the real service does where the
specification is silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ionqdsl.extras import require

if TYPE_CHECKING:
    from ionqdsl.emulator.server import Emulator


def start(**options: Any) -> Emulator:
    """An emulator in a thread of this process: `with emulator.start(queue=0.1) as service: service.url`.

    Options are those of `Settings` in service.py, and `port` (0: any). Raises UsageError where it cannot listen or
    where the packages of the extra `emulator` are missing.
    """
    require("emulator")
    from ionqdsl.emulator.server import Emulator

    return Emulator(**options)


__all__ = ["start"]
