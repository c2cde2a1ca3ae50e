"""Build hook: the wheel has the prices compiled, and beside them the other data of `pricing/`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompilePrices(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles `pricing/` into `finops_gate/data/pricing.sqlite`; price data that contradicts itself ends the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return  # a checkout compiles its CSVs itself, when they change
        root = Path(self.root)
        self._directory = TemporaryDirectory(prefix="finops-gate-build-")
        compiled = Path(self._directory.name) / "pricing.sqlite"
        self._compile(root, compiled)
        build_data["force_include"][str(compiled)] = "finops_gate/data/pricing.sqlite"
        for part in ("free", "kubernetes", "models", "runners", "successors.csv", "usage", "zones"):
            build_data["force_include"][str(root / "pricing" / part)] = f"finops_gate/data/pricing/{part}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._directory.cleanup()

    @staticmethod
    def _compile(root: Path, compiled: Path) -> None:
        sys.path.insert(0, str(root))
        try:
            from finops_gate.costing.catalogue_build import compile_catalogue
        finally:
            sys.path.remove(str(root))
        compile_catalogue(root / "pricing", compiled)
