"""A small fault campaign; `make campaign` runs the whole one, of thousands of submissions.

Would catch a second POST after a doubtful end or a sudden death, a lost result, and a campaign that cannot fail.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

ROOT = Path(__file__).parent.parent


def campaign(**sizes):
    flags = [word for name, size in sizes.items() for word in (f"--{name}", str(size))]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    line = [sys.executable, str(ROOT / "tests" / "campaign"), *flags]
    done = subprocess.run(line, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, timeout=300)
    return done.returncode, json.loads(done.stdout), done.stderr


def test_faults_and_sudden_ends_make_no_duplicates():
    code, report, errors = campaign(count=36, bare=0, processes=2, naive=50, many=0, large=0, stride=11)
    assert code == 0, errors
    assert not any(report["submissions"]["broken"].values())
    assert report["submissions"]["killed"] > 10
    assert report["naive"]["duplicates"] > 5
    assert sum(report["submissions"]["errors"].values()) > 5


def test_a_large_job_goes_through_and_many_are_collected():
    code, report, errors = campaign(count=0, bare=0, naive=0, many=30, limit=60, large=400_000)
    assert code == 0, errors
    assert report["many"]["requests"] < 60


def test_any_answer_and_any_list_lose_no_job_and_name_every_double():
    """Every status before and after acceptance, answers cut anywhere, lists that lag, hide or say nothing."""
    code, report, errors = campaign(count=0, bare=120, processes=2, naive=0, many=0, large=0, stride=19)
    assert code == 0, errors
    found = report["bare"]
    assert sum(found["ends"].values()) == 120
    assert found["ends"]["once"] > 60
    assert set(found["open"]) == {"never shown"}
    assert set(found["named"]) == {"late"}
    assert found["naive"]["doubled"] > 20
    assert found["naive"]["lost"] > 5
