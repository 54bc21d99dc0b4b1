"""Fixtures for accounts at a socket service: a test that takes them has `opened`, `client` and a program.

The command and Python use the account that was opened last.
"""

from __future__ import annotations

import pytest
from raw_service import Account, Post, RawService

from ionqdsl.cloud import states, submit
from ionqdsl.cloud.asking import Timing
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.pace import Pace
from ionqdsl.cloud.states import Patience

BELL = 'job { name = "bell"; backend = "simulator"; shots = 200 }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n'
QUICK = Patience(soon=(0.0, 0.0), later=(0.0, 0.0, 0.0), after=(0.0, 0.0, 0.0), pages=1)
LOST = Post(True, lambda job_id: b"")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with a program, a key, and no patience."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(submit, "PATIENCE", 3)
    for name in ("SOON", "LATER", "AFTER"):
        monkeypatch.setattr(states, name, (0.0, 0.0, 0.0))
    monkeypatch.setenv("IONQ_API_KEY", "any-key-will-do")
    (tmp_path / "bell.qc").write_text(BELL)


@pytest.fixture(scope="module")
def raw():
    """The service."""
    with RawService() as service:
        yield service


@pytest.fixture
def opened(raw, monkeypatch):
    """Opens an account, and has the command and Python use it."""

    def open_account(**trouble):
        account = Account(**trouble)
        monkeypatch.setenv("IONQ_API_URL", raw.account(f"a{len(raw.accounts)}", account))
        return account

    return open_account


@pytest.fixture
def client(held):
    """Makes clients in a hurry; they and their ledgers are closed at the end of the test."""

    def made(warned=None, ledger=None, **timing):
        if ledger is not None:
            held(ledger)
        found = held(
            Client(
                ledger=ledger,
                warn=lambda diagnostic: (warned if warned is not None else []).append(diagnostic),
                timing=Timing(**{"patience": QUICK, "chance": lambda: 0.0, **timing}),
            )
        )
        found.link.pace = Pace(1e6, 1e6)
        return found

    return made
