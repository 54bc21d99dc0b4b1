"""Every diagnostic, as data: one `Code` each, a file a family.

A code has a message and helps, which are templates over the facts given where it is reported, and a long explanation
with a program that provokes it. `ionqdsl explain CODE`, the error index and the tests read the same table.
"""

from __future__ import annotations

from ionqdsl.codes.account import ACCOUNT
from ionqdsl.codes.api import API
from ionqdsl.codes.code import Code
from ionqdsl.codes.declarations import DECLARATIONS
from ionqdsl.codes.emulator import EMULATOR
from ionqdsl.codes.external import EXTERNAL
from ionqdsl.codes.fmt import FMT
from ionqdsl.codes.formats import FORMATS
from ionqdsl.codes.limits import LIMITS
from ionqdsl.codes.lint import LINT
from ionqdsl.codes.lsp import LSP
from ionqdsl.codes.machine import MACHINE
from ionqdsl.codes.names import NAMES
from ionqdsl.codes.outcomes import OUTCOMES
from ionqdsl.codes.payload import PAYLOAD
from ionqdsl.codes.playground import PLAYGROUND
from ionqdsl.codes.program import PROGRAM
from ionqdsl.codes.service import SERVICE
from ionqdsl.codes.settings import SETTINGS
from ionqdsl.codes.submission import SUBMISSION
from ionqdsl.codes.syntax import SYNTAX
from ionqdsl.codes.transpiling import TRANSPILING
from ionqdsl.codes.values import VALUES
from ionqdsl.codes.wire import WIRE

_SERVICES = (*SERVICE, *API, *PAYLOAD, *EMULATOR, *SUBMISSION)
_TOOLS = (*LSP, *LINT, *PLAYGROUND, *FMT, *FORMATS, *EXTERNAL)
_LANGUAGE = (*SYNTAX, *NAMES, *DECLARATIONS, *VALUES, *PROGRAM, *SETTINGS, *LIMITS)

_RUNNING = (*MACHINE, *OUTCOMES, *TRANSPILING, *WIRE, *ACCOUNT, *_SERVICES)

CODES: dict[str, Code] = {code.name: code for code in (*_LANGUAGE, *_RUNNING, *_TOOLS)}

__all__ = ["CODES", "Code"]
