"""Which directories are projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from finops_gate.sources.files import WorkingTree
from finops_gate.sources.terraform.declarations import read_directory
from finops_gate.sources.terraform.roots import find_roots


@pytest.mark.parametrize(
    ("calls", "roots"),
    [
        ({"": []}, [""]),
        ({"": ["m"], "m": []}, [""]),
        ({"a": ["m"], "b": ["m"], "m": []}, ["a", "b"]),
        ({"examples/basic": [""], "": ["modules/x"], "modules/x": []}, [""]),
        ({"examples/basic": ["modules/x"], "modules/x": []}, ["modules/x"]),
        ({"examples/basic": [], "examples/full": []}, ["examples/basic", "examples/full"]),
        ({"infra": ["modules/x"], "modules/x": [], "modules/y": []}, ["infra"]),
        ({"modules/x": ["modules/y"], "modules/y": [], "modules/z": []}, ["modules/x", "modules/z"]),
        ({"a": ["b"], "b": ["a"], "c": []}, ["a", "c"]),
        ({"a": ["missing"]}, ["a"]),
    ],
)
def test_roots_are_what_nobody_else_calls(tmp_path: Path, calls: dict[str, list[str]], roots: list[str]) -> None:
    modules = {}
    for directory, targets in calls.items():
        up = "../" * len(Path(directory).parts) or "./"
        path = tmp_path / directory / "main.tf"
        path.parent.mkdir(parents=True, exist_ok=True)
        code = "".join(f'module "m{i}" {{ source = "{up}{t}" }}\n' for i, t in enumerate(targets))
        path.write_text(code + 'resource "x_y" "z" {}\n')
    tree = WorkingTree(tmp_path)
    for directory in calls:
        modules[directory] = read_directory(tree, directory, [f"{directory}/main.tf".lstrip("/")])
    assert find_roots(modules).found == roots
