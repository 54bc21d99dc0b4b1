"""The table of all diagnostics: one `Code` each, one file per family.

A code has a message and helps, templates over the facts that the reporting code gives, and a long explanation with a
program that provokes it. `ionqdsl explain CODE`, the error index and the tests read the same table.
"""

from __future__ import annotations

from ionqdsl.diagnostics.codes.account import ACCOUNT
from ionqdsl.diagnostics.codes.api import API
from ionqdsl.diagnostics.codes.code import Code
from ionqdsl.diagnostics.codes.declarations import DECLARATIONS
from ionqdsl.diagnostics.codes.emulator import EMULATOR
from ionqdsl.diagnostics.codes.energies import ENERGIES
from ionqdsl.diagnostics.codes.external import EXTERNAL
from ionqdsl.diagnostics.codes.fmt import FMT
from ionqdsl.diagnostics.codes.formats import FORMATS
from ionqdsl.diagnostics.codes.limits import LIMITS
from ionqdsl.diagnostics.codes.lint import LINT
from ionqdsl.diagnostics.codes.lsp import LSP
from ionqdsl.diagnostics.codes.machine import MACHINE
from ionqdsl.diagnostics.codes.measurements import MEASUREMENTS
from ionqdsl.diagnostics.codes.minimising import MINIMISING
from ionqdsl.diagnostics.codes.names import NAMES
from ionqdsl.diagnostics.codes.outcomes import OUTCOMES
from ionqdsl.diagnostics.codes.payload import PAYLOAD
from ionqdsl.diagnostics.codes.playground import PLAYGROUND
from ionqdsl.diagnostics.codes.program import PROGRAM
from ionqdsl.diagnostics.codes.qasm3 import QASM3
from ionqdsl.diagnostics.codes.service import SERVICE
from ionqdsl.diagnostics.codes.settings import SETTINGS
from ionqdsl.diagnostics.codes.submission import SUBMISSION
from ionqdsl.diagnostics.codes.syntax import SYNTAX
from ionqdsl.diagnostics.codes.tests import TESTS
from ionqdsl.diagnostics.codes.transpiling import TRANSPILING
from ionqdsl.diagnostics.codes.values import VALUES
from ionqdsl.diagnostics.codes.wire_format import WIRE_FORMAT

_SERVICES = (*SERVICE, *API, *PAYLOAD, *EMULATOR, *SUBMISSION)
_TOOLS = (*LSP, *LINT, *PLAYGROUND, *FMT, *FORMATS, *EXTERNAL)
_LANGUAGE = (*SYNTAX, *NAMES, *DECLARATIONS, *VALUES, *PROGRAM, *TESTS, *SETTINGS, *LIMITS)

_RUNNING = (
    *MACHINE,
    *OUTCOMES,
    *ENERGIES,
    *MEASUREMENTS,
    *MINIMISING,
    *TRANSPILING,
    *WIRE_FORMAT,
    *QASM3,
    *ACCOUNT,
    *_SERVICES,
)

CODES: dict[str, Code] = {code.name: code for code in (*_LANGUAGE, *_RUNNING, *_TOOLS)}

__all__ = ["CODES", "Code"]
