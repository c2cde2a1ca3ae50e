"""Archives unpack to plain files below one directory, or are refused as a whole."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import stat
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_gate.sources.terraform.remote import archives
from finops_gate.sources.terraform.remote.archives import unpack
from finops_gate.sources.terraform.remote.problems import RemoteError
from tests.sources.terraform.remote.conftest import Repository

Member = tuple[str, str]
FILES = {"main.tf": "# main\n", "modules/sub/x.tf": "# sub\n"}


def tar(*members: tarfile.TarInfo, files: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in (files or {}).items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
        for member in members:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    return out.getvalue()


def special(name: str, type: bytes, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = type, target
    return member


def zipped(files: dict[str, str], links: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for name, target in (links or {}).items():
            member = zipfile.ZipInfo(name)
            member.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(member, target)
    return out.getvalue()


def unpacked(content: bytes, directory: Path) -> dict[str, str]:
    (directory / "archive").write_bytes(content)
    into = directory / "into"
    into.mkdir()
    unpack(directory / "archive", into)
    assert not any(path.is_symlink() for path in into.rglob("*"))
    return {p.relative_to(into).as_posix(): p.read_text() for p in sorted(into.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_tars_of_every_kind(compress: Callable[[bytes], bytes], tmp_path: Path) -> None:
    assert unpacked(compress(tar(files=FILES)), tmp_path) == FILES


def test_zips(tmp_path: Path) -> None:
    assert unpacked(zipped({"modules/": "", **FILES}), tmp_path) == FILES


def test_what_git_archives(repository: Repository, tmp_path: Path) -> None:
    (repository.path / "link.tf").symlink_to("main.tf")
    repository.commit({"main.tf": "# main\n"})
    repository.git("archive", "--format=tar.gz", "--prefix=top/", f"--output={tmp_path}/made", "HEAD")
    content = (tmp_path / "made").read_bytes()
    assert unpacked(content, tmp_path) == {"top/link.tf": "# main\n", "top/main.tf": "# main\n"}


def test_links_inside_become_copies(tmp_path: Path) -> None:
    links = (special("modules/sub/y.tf", tarfile.SYMTYPE, "../../main.tf"), special("z.tf", tarfile.LNKTYPE, "main.tf"))
    found = unpacked(gzip.compress(tar(*links, files=FILES)), tmp_path)
    assert found == {**FILES, "modules/sub/y.tf": "# main\n", "z.tf": "# main\n"}


def test_links_of_zips_become_copies(tmp_path: Path) -> None:
    found = unpacked(zipped(FILES, {"modules/a.tf": "../main.tf", "b.tf": "modules/a.tf"}), tmp_path)
    assert found == {**FILES, "modules/a.tf": "# main\n", "b.tf": "# main\n"}


def test_links_in_a_ring_lead_nowhere(tmp_path: Path) -> None:
    assert unpacked(zipped(FILES, {"a.tf": "b.tf", "b.tf": "a.tf", "c.tf": "modules"}), tmp_path) == FILES


OUT = "leads out"
HOSTILE: dict[str, tuple[bytes, str]] = {
    "an absolute path": (tar(files={"/etc/x": ""}), OUT),
    "a path upwards": (tar(files={"a/../../x": ""}), OUT),
    "a path with .. that stays inside": (tar(files={"a/../x": ""}), OUT),
    "a path of Windows": (tar(files={"a\\..\\..\\x": ""}), OUT),
    "a drive": (tar(files={"C:x": ""}), OUT),
    "an absolute link": (tar(special("a", tarfile.SYMTYPE, "/etc/passwd")), OUT),
    "a link upwards": (tar(special("a/b", tarfile.SYMTYPE, "../../x")), OUT),
    "a link by a link": (tar(special("a", tarfile.SYMTYPE, "b"), special("b", tarfile.SYMTYPE, "../x")), OUT),
    "a hard link upwards": (tar(special("a", tarfile.LNKTYPE, "../x")), OUT),
    "a device": (tar(special("a", tarfile.CHRTYPE)), "no plain file"),
    "a pipe": (tar(special("a", tarfile.FIFOTYPE)), "no plain file"),
    "a long path": (tar(files={"a/" * 600: ""}), "too long"),
    "a file below a file": (tar(files={"a": "", "a/b": ""}), "broken"),
}


@pytest.mark.parametrize(("content", "says"), HOSTILE.values(), ids=HOSTILE)
def test_refuses_a_hostile_tar(content: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match=says):
        unpacked(gzip.compress(content), tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["archive", "into"]
    assert list(tmp_path.parent.glob("x")) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zipped({"../x": ""}), OUT),
        (zipped({"/x": ""}), OUT),
        (zipped({}, {"a": "/etc/passwd"}), OUT),
        (zipped({}, {"a": "../x"}), OUT),
        (b"PK\x03\x04" + b"\0" * 100, "broken"),
        (zipped(FILES)[:-30], "broken"),
        (gzip.compress(tar(files=FILES))[:-40], "broken"),
        (gzip.compress(b"x" * 2000), "broken"),
        (b"\xfd7zXZ\x00" + b"\1" * 50, "broken"),
        (b"BZh9" + b"\1" * 50, "broken"),
        (b"<html>", "no zip"),
        (b"", "no zip"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,
)
def test_refuses_a_hostile_or_broken_archive(content: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match=says):
        unpacked(content, tmp_path)


BOMB = b"\0" * (32 * 1024 * 1024)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_bomb_is_put_out(compress: Callable[[bytes], bytes], tmp_path: Path) -> None:
    member = tarfile.TarInfo("a")
    member.size = len(BOMB)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(member, io.BytesIO(BOMB))
    with pytest.raises(RemoteError, match="unpacks to more"):
        unpacked(compress(out.getvalue()), tmp_path)


def test_a_zip_bomb_is_put_out(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="unpacks to more"):
        unpacked(zipped({"a": BOMB.decode()}), tmp_path)


def test_a_header_that_announces_gigabytes_is_not_believed(tmp_path: Path) -> None:
    header = special("h", tarfile.XHDTYPE)
    header.size = 4 * 1024**3
    content = gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + BOMB * 3)
    tracemalloc.start()
    with pytest.raises(RemoteError, match="unpacks to more"):
        unpacked(content, tmp_path)
    assert tracemalloc.get_traced_memory()[1] < 200 * 1024 * 1024
    tracemalloc.stop()


def test_an_xz_that_wants_gigabytes_of_memory_is_refused(tmp_path: Path) -> None:
    wanting = lzma.compress(tar(files=FILES), filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 512 * 1024 * 1024}])
    with pytest.raises(RemoteError, match="broken"):
        unpacked(wanting, tmp_path)


@pytest.mark.parametrize("pack", [lambda files: gzip.compress(tar(files=files)), zipped])
def test_too_many_members(
    pack: Callable[[dict[str, str]], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_FILES", 10)
    with pytest.raises(RemoteError, match="more than 10 files"):
        unpacked(pack({f"{i}": "" for i in range(11)}), tmp_path)


def test_a_zip_with_an_endless_directory_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_DIRECTORY_BYTES", 200)
    with pytest.raises(RemoteError, match="more files"):
        unpacked(zipped({f"{i}": "" for i in range(11)}), tmp_path)


def test_a_file_too_large_to_be_read_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", 100)
    assert unpacked(zipped({"big": "x" * 101, "small": "x"}), tmp_path) == {"small": "x"}


GOOD = (zipped(FILES), gzip.compress(tar(files=FILES)), lzma.compress(tar(files=FILES)))


@settings(max_examples=150, deadline=None)
@given(content=st.sampled_from(GOOD), at=st.integers(0, 400), byte=st.integers(0, 255))
def test_a_damaged_archive_is_refused_or_whole(
    content: bytes, at: int, byte: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    at %= len(content)
    directory = tmp_path_factory.mktemp("damaged")
    with contextlib.suppress(RemoteError, UnicodeDecodeError):
        unpacked(content[:at] + bytes([byte]) + content[at + 1 :], directory)
    assert sorted(p.name for p in directory.iterdir()) == ["archive", "into"]
