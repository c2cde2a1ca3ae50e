"""Unpacks strangers' archives: regular files below one directory, or nothing at all.

Absolute paths, `..`, links that lead out, devices, and more members, bytes or compression than any module has refuse
the whole archive.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import posixpath
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from finops_gate.sources.files import MAX_FILE_BYTES
from finops_gate.sources.terraform.remote.package_files import (
    MAX_FILES,
    MAX_PATH,
    MAX_UNPACKED_BYTES,
    copy_linked,
    member_path,
)
from finops_gate.sources.terraform.remote.problems import RemoteError

MAX_RATIO = 100
UNQUESTIONED_BYTES = 10 * 1024 * 1024
"""What an archive may unpack to whatever it was compressed from: a megabyte of blanks is no attack."""

MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
MAX_DECODER_BYTES = 128 * 1024 * 1024
CHUNK = 64 * 1024
_BROKEN = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    LookupError,
    MemoryError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)


def unpack(archive: Path, into: Path) -> None:
    """Unpacks a zip, tar.gz, tar.bz2 or tar.xz, told by its first bytes. Raises RemoteError."""
    with archive.open("rb") as file:
        start = file.read(6)
        file.seek(0)
        reader = next((reader for magic, reader in _READERS if start.startswith(magic)), None)
        if reader is None:
            raise RemoteError("what is there is no zip, tar.gz, tar.bz2 or tar.xz")
        try:
            unpacking = Unpacking(into, archive.stat().st_size)
            reader(file, unpacking)
            copy_linked(unpacking.links, into)
        except _BROKEN:
            raise RemoteError("the archive is broken") from None


class Unpacking:
    """Writes members into a directory and keeps count of what they amount to."""

    def __init__(self, into: Path, compressed: int) -> None:
        self.into = into
        self.most = min(MAX_UNPACKED_BYTES, max(UNQUESTIONED_BYTES, compressed * MAX_RATIO))
        self.bytes = self.members = 0
        self.links: dict[str, str] = {}

    def count_member(self) -> None:
        self.members += 1
        if self.members > MAX_FILES:
            raise RemoteError(f"it holds more than {MAX_FILES:,} files")

    def count_bytes(self, count: int) -> None:
        self.bytes += count
        if self.bytes > self.most:
            raise RemoteError("it unpacks to more than modules hold")

    def file(self, name: str, content: IO[bytes]) -> None:
        """Writes a member piece by piece; one that is too large to be read later is left out."""
        target = self.into / member_path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        length = 0
        with target.open("wb") as out:
            while chunk := content.read(CHUNK):
                length += len(chunk)
                self.count_bytes(len(chunk))
                if length <= MAX_FILE_BYTES:
                    out.write(chunk)
        if length > MAX_FILE_BYTES:
            target.unlink()

    def link(self, name: str, target: str) -> None:
        """A link whose target is relative to where it stands."""
        path = member_path(name)
        self.links[path] = posixpath.join(posixpath.dirname(path), target)


def _zip(file: IO[bytes], unpacking: Unpacking) -> None:
    _refuse_long_directory(file)
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            unpacking.count_member()
            if member.is_dir():
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            with archive.open(member) as content:
                if kind == stat.S_IFLNK:
                    unpacking.link(member.filename, content.read(MAX_PATH).decode("utf-8", "replace"))
                elif kind in (0, stat.S_IFREG):
                    unpacking.file(member.filename, content)
                else:
                    raise RemoteError("it holds what is no plain file")


def _refuse_long_directory(file: IO[bytes]) -> None:
    """Looks at the end of a zip before `zipfile` reads its whole directory into memory.

    https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.16: the size of the directory is at offset 12.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 66_000))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    file.seek(0)
    if at < 0:
        raise zipfile.BadZipFile
    is_of_64_bits = end[max(0, at - 20) : at].startswith(b"PK\x06\x07")
    if is_of_64_bits or int.from_bytes(end[at + 12 : at + 16], "little") > MAX_DIRECTORY_BYTES:
        raise RemoteError("it holds more files than modules may")


class _Xz:
    """A decompressed .xz; unlike `lzma.LZMAFile` it does not allocate whatever the file asks for."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.decoder = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=MAX_DECODER_BYTES)

    def read(self, size: int) -> bytes:
        while not self.decoder.eof:
            given = self.file.read(CHUNK) if self.decoder.needs_input else b""
            if self.decoder.needs_input and not given:
                raise EOFError
            if found := self.decoder.decompress(given, size):
                return found
        return b""


class _Counted:
    """A decompressed stream that stops where it has given more than the members' bytes and their headers."""

    def __init__(self, stream: Any, unpacking: Unpacking) -> None:
        self.stream, self.left = stream, unpacking.most + 4_096 * MAX_FILES // 2

    def read(self, size: int) -> bytes:
        chunk: bytes = self.stream.read(min(size, CHUNK))
        self.left -= len(chunk)
        if self.left < 0:
            raise RemoteError("it unpacks to more than modules hold")
        return chunk


def _tar(decompressed: Callable[[IO[bytes]], Any]) -> Callable[[IO[bytes], Unpacking], None]:
    def read(file: IO[bytes], unpacking: Unpacking) -> None:
        stream: Any = _Counted(decompressed(file), unpacking)
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                unpacking.count_member()
                _tar_member(archive, member, unpacking)

    return read


def _tar_member(archive: tarfile.TarFile, member: tarfile.TarInfo, unpacking: Unpacking) -> None:
    if member.issym():
        unpacking.link(member.name, member.linkname)
    elif member.islnk():
        unpacking.links[member_path(member.name)] = member.linkname
    elif member.isreg() and not member.issparse():
        content = archive.extractfile(member)
        if content is not None:
            unpacking.file(member.name, content)
    elif not member.isdir():
        raise RemoteError("it holds what is no plain file")


_READERS: tuple[tuple[bytes, Callable[[IO[bytes], Unpacking], None]], ...] = (
    (b"PK\x03\x04", _zip),
    (b"\x1f\x8b", _tar(lambda file: gzip.GzipFile(fileobj=file))),
    (b"BZh", _tar(bz2.BZ2File)),
    (b"\xfd7zXZ\x00", _tar(_Xz)),
)
