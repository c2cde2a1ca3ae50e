from __future__ import annotations

from pathlib import Path

import pytest

from finops_gate.sources.files import Unreadable, WorkingTree


def test_reads_what_is_below_the_root_and_skips_what_nobody_means(tmp_path: Path) -> None:
    for path in (
        "b/main.tf",
        "a.yaml",
        ".github/workflows/ci.yml",
        ".git/config",
        "x/node_modules/y.yaml",
        "x/.terraform/z.tf",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x\n")
    tree = WorkingTree(tmp_path)
    assert tree.paths() == [".github/workflows/ci.yml", "a.yaml", "b/main.tf"]
    assert tree.paths("b") == ["b/main.tf"]


def test_a_byte_order_mark_goes_and_line_ends_stay(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    assert WorkingTree(tmp_path).read_text("a.tf") == "a = 1\r\n"


WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a\0b", "binary-file"),
        (b"caf\xe9", "not-utf-8"),
        (b"\xed\xa0\x80", "not-utf-8"),
        *((f"{mark}kind: é".encode(name), "not-utf-8") for name in WIDE for mark in ("", "\ufeff")),
    ],
)
def test_what_is_no_text_is_said(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.tf").write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        WorkingTree(tmp_path).read_text("a.tf")
    assert caught.value.notice.code == code


def test_nothing_outside_the_root_is_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.tf").write_text("x\n")
    (root / "link.tf").symlink_to(tmp_path / "secret.tf")
    (root / "loop").symlink_to(root)
    tree = WorkingTree(root)
    assert "loop/link.tf" not in tree.paths()
    for path in ("../secret.tf", "link.tf", "/etc/passwd"):
        assert not tree.exists(path)
        with pytest.raises(Unreadable, match="outside"):
            tree.read_bytes(path)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finops_gate.sources.files.MAX_FILE_BYTES", 10)
    (tmp_path / "a.tf").write_text("x" * 11)
    with pytest.raises(Unreadable, match="is over"):
        WorkingTree(tmp_path).read_text("a.tf")


@pytest.mark.parametrize("path", ["loop.tf", "a.tf/b", "x" * 300 + ".tf", "a/" * 3_000 + "x", "a\0b"])
def test_what_is_no_path_is_a_file_that_is_not_there(tmp_path: Path, path: str) -> None:
    (tmp_path / "loop.tf").symlink_to("loop.tf")
    (tmp_path / "a.tf").write_text("")
    tree = WorkingTree(tmp_path)
    assert not tree.exists(path)
    with pytest.raises(Unreadable) as error:
        tree.read_text(path)
    assert len(error.value.notice.message) < 300
