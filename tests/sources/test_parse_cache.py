"""Parsed files are remembered by content."""

from __future__ import annotations

from pathlib import Path

from finops_gate.sources.files import WorkingTree
from finops_gate.sources.parse_cache import ParseCache


def test_equal_files_are_parsed_once_by_each_parser(tmp_path: Path) -> None:
    for name, text in {"a": "x", "b": "x", "c": "y"}.items():
        (tmp_path / name).write_text(text)
    seen: list[str] = []

    def parser(text: str) -> list[str]:
        seen.append(text)
        return [text]

    cache = ParseCache()
    trees = [WorkingTree(tmp_path), WorkingTree(tmp_path)]
    found = [cache.parsed(tree, name, parser) for tree in trees for name in "abc"]
    assert found == [["x"], ["x"], ["y"]] * 2
    assert seen == ["x", "y"]
    assert cache.parsed(trees[0], "a", str.upper) == "X"
