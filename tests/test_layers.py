"""Arrows point one way; this keeps it so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "finops_gate"

LAYERS = [
    {"model"},
    {"currency"},
    {
        "errors",
        "data",
        "expression",
        "expression_functions",
        "expression_scope",
        "expression_values",
        "quick_schema",
        "settings",
        "user_cache",
    },
    {"schema", "environments"},
    {"sources"},
    {"infracost_config", "settings_file", "selection", "blind_spots"},
    {"costing"},
    {"policy"},
    {"gate"},
    {"cli"},
]
"""Lowest first: a module imports its own layer and those before it. `render` is apart: it sees the model and money."""

FREE = {"__init__", "__main__", "render"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        yield first, path


def imports(path: Path) -> set[str]:
    """The parts of finops_gate that a module imports, lazily or not."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "finops_gate":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("finops_gate."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("finops_gate.")}
    return found - {"__version__"}


@pytest.mark.parametrize(("part", "path"), list(modules()), ids=lambda v: str(v.name) if isinstance(v, Path) else v)
def test_imports_point_down(part: str, path: Path) -> None:
    if part == "render":
        assert imports(path) <= {"model", "currency", "render"}
    if part in FREE:
        return
    level = next((i for i, layer in enumerate(LAYERS) if part in layer), None)
    assert level is not None, f"{part} has no place in LAYERS"
    allowed = set().union(*LAYERS[: level + 1]) | ({"render"} if part == "cli" else set())
    assert imports(path) <= allowed


def test_no_module_imports_what_imports_it() -> None:
    """Lazily or not: within a part, too, arrows point one way. A circle is an error that names its modules."""
    names = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for _, path in modules()}
    files = {name.removesuffix(".__init__"): path for name, path in names.items()}
    TopologicalSorter({name: whole_imports(path, files) for name, path in files.items()}).prepare()


def whole_imports(path: Path, files: dict[str, Path]) -> set[str]:
    """The modules of finops_gate that a module imports, by their whole names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {name if (name := f"{node.module}.{a.name}") in files else node.module for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name in files and files[name] != path}
