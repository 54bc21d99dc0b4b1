"""Options of the test suite.

Hypothesis has three profiles: `quick` (the same examples every time), `--hypothesis-profile=thorough` (thousands of new
ones) and `brief`, a few, which `--quick` and `--brief` use.

A test fails if it opens something and nothing closes it. The warning is given at garbage collection, which runs after
each test for young objects, and for all objects at the end of a file.
"""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from fnmatch import fnmatch
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from ionqdsl.cloud import key

pytest.register_assert_rewrite("editor_tools", "sameness", "tool_subjects")

Opened = TypeVar("Opened")

UNJUDGED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("quick", max_examples=30, deadline=None, derandomize=True, suppress_health_check=UNJUDGED)
settings.register_profile("thorough", max_examples=3000, deadline=None, suppress_health_check=UNJUDGED)
settings.register_profile("brief", max_examples=5, deadline=None, derandomize=True, suppress_health_check=UNJUDGED)
settings.load_profile("quick")

SLOW = {
    "test_accept": "other libraries",
    "test_account": "processes",
    "test_api": "compilations at every level",
    "test_api_programs": "compilations at every level",
    "test_budget": "programs that use a budget up",
    "test_cases": "hundreds of programs",
    "test_cli": "processes",
    "test_cli_output": "processes",
    "test_cli_verbs": "processes",
    "test_clients": "another library",
    "test_codes": "every example of every code",
    "test_completion": "shells",
    "test_deferral": "random programs",
    "test_dynamic_jobs": "servers",
    "test_dynamic_results": "servers",
    "test_emulator": "servers",
    "test_emulator_functions": "servers",
    "test_emulator_service": "servers",
    "test_endpoints": "servers",
    "test_exactly_once": "processes",
    "test_examples": "processes",
    "test_exchange_cirq": "another library",
    "test_exchange_dynamic": "other libraries",
    "test_exchange_qiskit": "another library",
    "test_foreign": "names of every kind",
    "test_function_tools": "renames of every name",
    "test_fuzz": "changed inputs of every kind",
    "test_language_includes": "ten million rows",
    "test_language_programs": "random programs",
    "test_ledger": "processes",
    "test_ledger_closed": "processes",
    "test_ledger_file": "processes",
    "test_login": "processes",
    "test_lsp": "edits of long texts",
    "test_lsp_server": "processes",
    "test_lsp_session": "processes",
    "test_lsp_tests": "processes",
    "test_meaning": "random programs",
    "test_minimize": "searches",
    "test_nesting": "every stage from every stack",
    "test_notebook": "pictures",
    "test_observables": "many samples",
    "test_openqasm_translate": "published circuits",
    "test_parameters": "random programs",
    "test_payload": "random programs",
    "test_playground": "random programs",
    "test_playground_circuit": "random programs",
    "test_playground_server": "servers",
    "test_playground_static": "a browser",
    "test_printer": "random programs",
    "test_qasm3": "random circuits",
    "test_report_page": "a browser",
    "test_routing": "random circuits",
    "test_speed_start": "processes",
    "test_standard_misuse": "every gate of the library, called wrongly",
    "test_submit": "every fault at every step",
    "test_testing": "processes",
    "test_waiting": "faults and waits",
}
"""Files that `--quick` leaves out, with what takes their time. Of the others it leaves out tests marked `slow`."""

NO_MATTER_OF_PYTHON = {
    "test_accept": "other libraries",
    "test_answers": "JSON of every kind",
    "test_approximate": "how good circuits become",
    "test_as_written": "long sweeps",
    "test_batch": "many points",
    "test_bench_fair": "other compilers",
    "test_bench_growth": "the benchmark's own programs",
    "test_bench_peers": "other compilers",
    "test_boundary_blocks": "how good circuits become",
    "test_branches": "matrices",
    "test_budget": "steps of work, which are counted",
    "test_build": "the bytes of tables and kernels",
    "test_bulk": "how steps and bytes grow",
    "test_cache_keys": "commands repeated",
    "test_caches": "the text of the modules",
    "test_campaign": "sudden ends of processes, which are the system's",
    "test_cases": "the wording of messages",
    "test_chains": "matrices",
    "test_cluster": "another library, whose processes are started as `test_workers` starts them",
    "test_codes": "the wording of messages",
    "test_collect": "many jobs",
    "test_doc": "reference pages",
    "test_docs": "the text of the pages",
    "test_doubles": "a day of watching",
    "test_dynamic": "random programs and their states",
    "test_dynamic_passes": "random programs and their states",
    "test_editing": "edits of texts",
    "test_elementary": "matrices",
    "test_empty": "how good circuits become",
    "test_endpoints": "the specification",
    "test_energy": "matrices",
    "test_equal_inputs": "how far proofs reach",
    "test_equal_mutations": "how far proofs reach",
    "test_equal_results": "how far proofs reach",
    "test_every_gate": "every format's names of gates",
    "test_every_tool": "every tool on every example, each of which has tests of its own",
    "test_exact_triples": "how good circuits become",
    "test_examples": "the text of the examples",
    "test_exchange_cirq": "another library",
    "test_exchange_dynamic": "other libraries",
    "test_exchange_qiskit": "another library",
    "test_external": "another checker, a program of its own",
    "test_fmt": "the style of programs",
    "test_foreign": "names of every kind",
    "test_free_fermions": "how good circuits become",
    "test_function_tools": "renames of every name",
    "test_fuzz": "changed inputs of every kind",
    "test_gate_table": "matrices",
    "test_gather_flips": "how good circuits become",
    "test_generated": "pages, made by one Python for all",
    "test_gradients": "matrices",
    "test_growth": "how steps grow",
    "test_growth_of_jobs": "how steps grow",
    "test_interactions": "how good circuits become",
    "test_kernel": "the compiled kernel, which is one file for every Python",
    "test_known_strings": "how good circuits become",
    "test_language_includes": "ten million rows",
    "test_language_limits": "steps of work, which are counted",
    "test_language_modifiers": "matrices",
    "test_large_circuits": "how good circuits become",
    "test_layers": "the text of the modules",
    "test_levels": "how good circuits become",
    "test_lint": "the wording of messages",
    "test_lsp": "edits of texts",
    "test_lsp_files": "edits of texts",
    "test_lsp_long": "long texts",
    "test_lsp_names": "edits of texts",
    "test_lsp_server::test_examples_get_the_commands_diagnostics*": "the text of the examples",
    "test_lsp_tests": "the wording of messages",
    "test_minimize": "searches",
    "test_mitigation": "matrices and statistics",
    "test_modifiers": "matrices",
    "test_neovim": "an editor",
    "test_nesting::*as it is?": "a stack with more room than the others",
    "test_noise": "matrices and statistics",
    "test_noisy_branches": "matrices and statistics",
    "test_notebook": "pictures, by another library",
    "test_numbered_rows": "the compiled kernel, which is one file for every Python",
    "test_observables": "statistics",
    "test_odd_answers": "every answer with every field missing",
    "test_openqasm_arrays": "the wording of messages",
    "test_openqasm_read": "matrices",
    "test_openqasm_refused": "the wording of messages",
    "test_openqasm_suites": "other people's programs",
    "test_openqasm_translate": "published circuits",
    "test_openqasm_write": "published circuits",
    "test_optimiser": "how good circuits become",
    "test_pass_examples": "the text of docstrings",
    "test_passes": "how good circuits become",
    "test_paths": "how far proofs reach",
    "test_paulis": "how good circuits become",
    "test_permuted": "how good circuits become",
    "test_playground_page": "a browser",
    "test_playground_server": "servers, which test_emulator starts as well",
    "test_playground_static": "a browser",
    "test_plot": "pictures, by another library",
    "test_ports": "lines of programs for other libraries",
    "test_prices": "prices of random programs",
    "test_project": "the files around the package",
    "test_proof": "an answer cut at every byte",
    "test_properties": "random programs",
    "test_pulses": "matrices",
    "test_ratios": "matrices",
    "test_recipes": "copies of the tree",
    "test_register_gates": "matrices",
    "test_regular_expressions": "patterns, played by a matcher of the tests' own",
    "test_release_controls": "matrices",
    "test_report_page": "a browser",
    "test_reproducer": "searches",
    "test_rounding": "how far errors add up",
    "test_routing": "how good circuits become",
    "test_schema": "the specification",
    "test_search": "how good circuits become",
    "test_short_tails": "how good circuits become",
    "test_shortcuts": "how good circuits become",
    "test_simulate": "matrices",
    "test_site": "the text of the pages",
    "test_sketches": "how good circuits become",
    "test_slips": "the wording of messages",
    "test_solvers": "the compiled kernel, which is one file for every Python",
    "test_stabilisers": "random programs and their states",
    "test_standard_library": "matrices",
    "test_standard_misuse": "the wording of messages",
    "test_standard_random": "statistics",
    "test_states": "a table of answers",
    "test_stdgates": "matrices",
    "test_strings": "how far proofs reach",
    "test_suzuki": "matrices",
    "test_toffolis": "how good circuits become",
    "test_triples": "how good circuits become",
    "test_turn_toffolis": "how good circuits become",
    "test_tutorial_notebook": "the numbers of a chapter",
    "test_unread": "how good circuits become",
    "test_unseen_phases": "how good circuits become",
    "test_verify": "how far proofs reach",
    "test_verify_dynamic": "how far proofs reach",
    "test_verify_dynamic_wide": "how far proofs reach",
    "test_verify_wide": "how far proofs reach",
    "test_wide_gates": "how good circuits become",
    "test_widths_told": "the wording of messages",
    "test_wire_limits": "the wording of messages",
    "test_words": "the text of the modules",
    "test_wrong_values": "the wording of messages",
}
"""What `--brief` leaves out, with files of random programs: what they are about is no matter of the Python.

Files, and patterns of tests in files of which the rest stays.
"""

os.environ["IONQDSL_CONFIG"] = os.path.join(os.path.dirname(__file__), "nowhere")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
"""Neither the settings nor the key of whoever runs the tests take part in them."""

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # other workers keep the other processors busy

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a background job of a shell
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests interrupt processes, which inherit this


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expectations of tests/cases")
    parser.addoption("--quick", action="store_true", help="after an edit: few examples, and the quick files alone")
    parser.addoption("--brief", action="store_true", help="for a further Python: once each test of its matter")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes longer than a second; `--quick` leaves it out")
    if config.getoption("--quick") or config.getoption("--brief"):
        settings.load_profile("brief")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    left_out = set[str]()
    if config.getoption("--quick"):
        left_out |= {*SLOW, *NO_MATTER_OF_PYTHON} - {"test_project", "test_cases"}
    if config.getoption("--brief"):
        left_out |= {*NO_MATTER_OF_PYTHON, *(name for name, reason in SLOW.items() if reason.startswith("random"))}
    return True if collection_path.stem in left_out else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--quick"):
        items[:] = [item for item in items if item.get_closest_marker("slow") is None]
    if config.getoption("--brief"):
        patterns = [pattern for pattern in NO_MATTER_OF_PYTHON if "::" in pattern]
        items[:] = [item for item in items if not any(fnmatch(f"{item.path.stem}::{item.name}", p) for p in patterns)]
        items[:] = {item.nodeid.partition("[")[0]: item for item in reversed(items)}.values()  # the first parameters
        items.reverse()


def pytest_collection_finish() -> None:
    """What the collected tests consist of stays to the end: later searches for garbage need not go through it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _leaves_nothing_open() -> Iterator[None]:
    yield
    gc.collect(1)


@pytest.fixture(autouse=True, scope="module")
def _leaves_nothing_open_at_the_end(pytestconfig: pytest.Config) -> Iterator[None]:
    yield
    if not pytestconfig.getoption("--quick"):
        gc.collect()
        gc.freeze()  # what is left belongs to modules: the next files' searches need not go through it


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
