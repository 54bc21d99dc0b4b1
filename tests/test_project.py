"""The files around the package: their statements about it are true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import ionqdsl

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _yaml(path: str) -> dict:
    return yaml.safe_load((ROOT / path).read_text())


def test_there_is_one_version() -> None:
    assert _yaml("CITATION.cff")["version"] == PROJECT["version"] == ionqdsl.__version__
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_hosted_matrix_has_every_python_that_is_promised() -> None:
    prefix = "Programming Language :: Python :: 3."
    promised = {line.rpartition(" ")[2] for line in PROJECT["classifiers"] if line.startswith(prefix)}
    matrix = _yaml(".github/workflows/ci.yml")["jobs"]["pythons"]["strategy"]["matrix"]
    assert promised <= {*matrix["python"]}
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}


def test_a_release_publishes_only_the_files_that_ci_has_tried() -> None:
    """Without a token: PyPI trusts the workflow, and only one job may ask for that identity."""
    jobs = _yaml(".github/workflows/release.yml")["jobs"]
    assert jobs["build"]["uses"] == "./.github/workflows/ci.yml"
    assert set(jobs["check"]["needs"]) == {"build", "same"}
    assert jobs["publish"]["needs"] == "check"
    assert [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})] == ["publish"]
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text()
    kept = {
        step["with"]["name"]
        for job in _yaml(".github/workflows/ci.yml")["jobs"].values()
        for step in job["steps"]
        if "upload-artifact" in step.get("uses", "")
    }
    assert {name for name in kept if not name.startswith("dist-")} == {"extension", "site"}  # which PyPI does not take


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md", "docs/contributing.md", ".github/workflows/ci.yml"])
def test_every_make_command_is_a_target(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|run: |\$ )make ([a-z-]+)", (ROOT / page).read_text())) <= targets


@pytest.mark.parametrize(
    ("message", "is_good"),
    [
        ("Send a job once\n\nAn answer that was lost made two.", True),
        ("Merge branch 'main'", True),
        ("Send a job once", False),
        ("Send a job once\n\n# Please enter the commit message", False),
        (f"{'x' * 73}\n\nBecause.", False),
        ("Send a job once\nAn answer that was lost made two.", False),
    ],
)
def test_the_hook_knows_a_good_message(message: str, is_good: bool) -> None:
    """As pre-commit's pygrep applies it: over the whole message, which fails where nothing matches."""
    (hook,) = [hook for hook in _yaml(".pre-commit-config.yaml")["repos"][0]["hooks"] if hook["id"] == "message"]
    assert hook["args"] == ["--multiline", "--negate"]
    assert bool(re.search(hook["entry"].encode(), message.encode(), re.MULTILINE | re.DOTALL)) is is_good
