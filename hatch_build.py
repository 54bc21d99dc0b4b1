"""Saves the grammars' tables into the package, so that an installed ionqdsl starts without working them out."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name == "wheel":
            sys.path.insert(0, self.root)
            from ionqdsl.language.parse import save_tables

            save_tables(str(Path(self.root) / "ionqdsl"))
