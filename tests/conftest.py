"""Options of the test suite.

Hypothesis has two profiles: `quick` (the same examples every time) and `--hypothesis-profile=thorough` (thousands of
new ones).
"""

import os
import signal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("quick", max_examples=30, deadline=None, derandomize=True, suppress_health_check=SLOW)
settings.register_profile("thorough", max_examples=3000, deadline=None, suppress_health_check=SLOW)
settings.load_profile("quick")

os.environ["IONQDSL_CONFIG"] = os.path.join(os.path.dirname(__file__), "nowhere")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
"""Neither the settings nor the key of whoever runs the tests take part in them."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a background job of a shell
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests interrupt processes, which inherit this


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expectations of tests/cases")


@pytest.fixture(autouse=True)
def _no_checker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ionqdsl judges by itself is tested as if no other checker were installed; test_external.py asks it."""
    monkeypatch.setattr("ionqdsl.verify.external.version", lambda: None)


@pytest.fixture(autouse=True)
def _own_ledger(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test writes into the ledger of whoever runs it."""
    monkeypatch.setenv("IONQDSL_STATE", str(tmp_path_factory.getbasetemp() / f"state-{uuid4().hex}"))
