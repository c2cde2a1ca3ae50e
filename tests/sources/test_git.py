from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from finops_gate.errors import IncompleteError
from finops_gate.sources.files import Unreadable, WorkingTree
from finops_gate.sources.git import GitTree


def run(directory: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    run(tmp_path, "init", "-q")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "main.tf").write_bytes(b"first = 1\r\n")
    (tmp_path / "grün.tf").write_text("second = 2\n", encoding="utf-8")
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "x.tf").write_text("third = 3\n")
    (tmp_path / "link.tf").symlink_to("a/main.tf")
    run(tmp_path, "add", "-A")
    run(tmp_path, "commit", "-q", "-m", "one")
    return tmp_path


def test_reads_a_commit_while_the_work_tree_moves_on(repository: Path) -> None:
    (repository / "a" / "main.tf").write_text("changed = 1\n")
    tree = GitTree(repository, "HEAD")
    assert tree.paths() == ["a/main.tf", "grün.tf"]
    assert tree.paths("a") == ["a/main.tf"]
    assert tree.read_text("a/main.tf") == "first = 1\r\n"
    assert tree.read_text("grün.tf") == "second = 2\n"
    tree.close()


def test_equal_files_have_equal_digests_on_both_sides(repository: Path) -> None:
    (repository / "a" / "main.tf").write_text("changed = 1\n")
    base, work = GitTree(repository, "HEAD"), WorkingTree(repository)
    assert base.digest("grün.tf") == work.digest("grün.tf")
    assert base.digest("a/main.tf") != work.digest("a/main.tf")


@pytest.mark.parametrize(
    ("ref", "command"),
    [
        ("origin/no-such-branch", "git fetch --depth=1 origin no-such-branch"),
        ("--output=/tmp/x", "git fetch"),
        ("HEAD~7", "git fetch --deepen="),
        ("HEAD^1", "git fetch --deepen="),
        ("HEAD:a/main.tf", "git fetch"),
    ],
)
def test_a_base_that_is_not_there_is_said_with_how_to_get_it(repository: Path, ref: str, command: str) -> None:
    with pytest.raises(IncompleteError, match=f"no such commit here; fetch it first, for example `{command}"):
        GitTree(repository, ref)


def test_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(IncompleteError, match="not in a git repository"):
        GitTree(tmp_path, "HEAD")


def test_a_file_that_the_commit_lacks(repository: Path) -> None:
    with pytest.raises(Unreadable, match="does not exist in HEAD"):
        GitTree(repository, "HEAD").read_text("new.tf")
