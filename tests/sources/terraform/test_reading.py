"""Which files are read leniently, and how many of them at most."""

from __future__ import annotations

from pathlib import Path

from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree
from finops_gate.sources.terraform import reading

BROKEN = 'resource "aws_eip" "{name}" {{ domain = "vpc" tags = {{}} }}\n'
"""Two attributes on a line: python-hcl2 reads them, and Terraform does not."""


def lenient(root: Path) -> list[str]:
    """The files that are read leniently."""
    tree = WorkingTree(root)
    loaded = terraform.load(tree, [path for path in tree.paths() if terraform.matches(path)], Settings(root=str(root)))
    return [n.span.path for n in loaded.notices if n.span and "read leniently" in n.message]


def test_only_so_much_is_read_leniently(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.tf").write_text(BROKEN.format(name=name), encoding="utf-8")
    assert lenient(tmp_path) == ["a.tf", "b.tf", "c.tf"]
    with reading.limited_doubts(2 * len(BROKEN.format(name="a"))):
        tree = WorkingTree(tmp_path)
        files = [reading.parse_file(tree, f"{name}.tf") for name in "abca"]
    assert ["leniently" in file.source.problems[0].message for file in files] == [True, True, False, True]
