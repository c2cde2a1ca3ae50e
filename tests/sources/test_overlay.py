"""What is laid over a tree reads like a part of it, and stays out of its walks."""

from __future__ import annotations

from pathlib import Path

import pytest

from finops_gate.sources.files import Unreadable, WorkingTree, blob_id
from finops_gate.sources.memory import MemoryTree
from finops_gate.sources.overlay import OverlayTree


@pytest.fixture
def overlay() -> OverlayTree:
    found = OverlayTree(MemoryTree({"main.tf": "own", "modules/a.tf": "own a"}))
    found.mount(".finops-gate/modules/x/1", MemoryTree({"main.tf": "x", "sub/y.tf": "y"}))
    found.mount("e/.terraform/modules/z", MemoryTree({"e/.terraform/modules/z/z.tf": "z"}), "e/.terraform/modules/z")
    return found


def test_reads_from_where_a_path_lies(overlay: OverlayTree) -> None:
    assert overlay.read_text("main.tf") == "own"
    assert overlay.read_text(".finops-gate/modules/x/1/sub/y.tf") == "y"
    assert overlay.read_bytes("e/.terraform/modules/z/z.tf") == b"z"
    assert overlay.digest(".finops-gate/modules/x/1/main.tf") == blob_id(b"x")


def test_walks_leave_it_out_until_it_is_named(overlay: OverlayTree) -> None:
    assert list(overlay.paths()) == ["main.tf", "modules/a.tf"]
    assert list(overlay.paths("modules")) == ["modules/a.tf"]
    inside = [".finops-gate/modules/x/1/main.tf", ".finops-gate/modules/x/1/sub/y.tf"]
    assert list(overlay.paths(".finops-gate/modules/x/1")) == inside
    assert list(overlay.paths(".finops-gate/modules/x/1/sub")) == inside[1:]
    assert list(overlay.paths("e/.terraform/modules/z")) == ["e/.terraform/modules/z/z.tf"]


def test_knows_the_package_of_a_path(overlay: OverlayTree) -> None:
    assert overlay.package_of(".finops-gate/modules/x/1/sub") == ".finops-gate/modules/x/1"
    assert overlay.package_of(".finops-gate/modules/x/10/sub") == ""
    assert overlay.package_of("modules") == ""
    assert overlay.package_of("") == ""


def test_exists_where_it_lies(overlay: OverlayTree) -> None:
    assert overlay.exists(".finops-gate/modules/x/1/main.tf")
    assert not overlay.exists(".finops-gate/modules/x/1/modules/a.tf")
    assert not overlay.exists("sub/y.tf")


def test_trouble_is_told_by_the_path_that_people_know(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/bad.tf").write_bytes(b"\xff")
    (tmp_path / "a/out.tf").symlink_to("/etc/passwd")
    overlay = OverlayTree(MemoryTree({}))
    overlay.mount("p/q", WorkingTree(tmp_path))
    for name, says in (("bad.tf", "not UTF-8"), ("none.tf", "does not exist"), ("out.tf", "outside")):
        with pytest.raises(Unreadable, match=f"p/q/a/{name}.*{says}") as caught:
            overlay.read_text(f"p/q/a/{name}")
        assert caught.value.notice.span is not None
        assert caught.value.notice.span.path == f"p/q/a/{name}"
