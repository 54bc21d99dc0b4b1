"""Saves the grammars' tables into the package, so that an installed ionqdsl starts without working them out, and
compiles the kernel, so that it synthesises fast."""

import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "wheel":
            sys.path.insert(0, self.root)
            from ionqdsl.language.lark_parser import save_tables
            from kernel.build import build

            save_tables(str(Path(self.root) / "ionqdsl"))
            if build():
                platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
                build_data["pure_python"] = False
                build_data["tag"] = f"cp311-abi3-{platform}"
            else:
                self.app.display_warning("The kernel was not compiled: ionqdsl will take the same steps with numpy.")
