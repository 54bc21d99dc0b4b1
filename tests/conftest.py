"""Options of the test suite.

Hypothesis has three profiles: `quick` (the same examples every time), `--hypothesis-profile=thorough` (thousands of
new ones) and `brief`, a few, which `--quick` takes.

What a test opens and nobody closes fails that test: the warning comes when the garbage is collected, which is done
after each test for what is young, and for everything at the end of a file.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from ionqdsl.cloud import key

Opened = TypeVar("Opened")

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("quick", max_examples=30, deadline=None, derandomize=True, suppress_health_check=SLOW)
settings.register_profile("thorough", max_examples=3000, deadline=None, suppress_health_check=SLOW)
settings.register_profile("brief", max_examples=5, deadline=None, derandomize=True, suppress_health_check=SLOW)
settings.load_profile("quick")

LEFT_OUT = {
    "test_bench_peers": "other compilers",
    "test_campaign": "sudden ends of processes, which are the system's",
    "test_external": "another checker, a program of its own",
    "test_generated": "pages, made by one Python for all",
    "test_layers": "the text of the modules",
    "test_neovim": "an editor",
    "test_openqasm_suites": "other people's programs",
    "test_playground_page": "a browser",
    "test_recipes": "copies of the project that grow",
    "test_regular_expressions": "patterns, played by a matcher of the tests' own",
    "test_search": "how good circuits become",
    "test_verify_wide": "how far proofs reach",
}
"""Files of tests that `--quick` leaves out: what they are about is no matter of the Python they run in."""

os.environ["IONQDSL_CONFIG"] = os.path.join(os.path.dirname(__file__), "nowhere")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
"""Neither the settings nor the key of whoever runs the tests take part in them."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a background job of a shell
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests interrupt processes, which inherit this


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expectations of tests/cases")
    parser.addoption(
        "--quick", action="store_true", help="for a further Python: few examples, and nothing that is not its matter"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--quick"):
        settings.load_profile("brief")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if config.getoption("--quick") and collection_path.stem in LEFT_OUT else None


@pytest.fixture(autouse=True)
def _leaves_nothing_open() -> Iterator[None]:
    yield
    gc.collect(1)


@pytest.fixture(autouse=True, scope="module")
def _leaves_nothing_open_at_the_end() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def held() -> Iterator[Callable[[AbstractContextManager[Opened]], Opened]]:
    """Opens a client or a ledger until the end of the test: `held(Client())`."""
    with ExitStack() as stack:
        yield stack.enter_context


@pytest.fixture(autouse=True)
def _no_keys_of_others() -> Iterator[None]:
    """A key of one test, perhaps a single letter, is not taken out of the messages of the next."""
    before = set(key._known)
    yield
    key._known.intersection_update(before)


@pytest.fixture(autouse=True)
def _no_checker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ionqdsl judges by itself is tested as if no other checker were installed; test_external.py asks it."""
    monkeypatch.setattr("ionqdsl.verify.external.version", lambda: None)


@pytest.fixture(autouse=True)
def _own_ledger(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test writes into the ledger of whoever runs it."""
    monkeypatch.setenv("IONQDSL_STATE", str(tmp_path_factory.getbasetemp() / f"state-{uuid4().hex}"))
