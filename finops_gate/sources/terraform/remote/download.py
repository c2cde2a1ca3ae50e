"""From the source of a module call to a directory on disk that holds the module."""

from __future__ import annotations

import fnmatch
import hashlib
import posixpath
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from finops_gate.sources.terraform.remote.allowance import Allowance
from finops_gate.sources.terraform.remote.archives import unpack
from finops_gate.sources.terraform.remote.cache import Cache, Entry, open_cache
from finops_gate.sources.terraform.remote.credentials import find_credentials
from finops_gate.sources.terraform.remote.git_modules import GitClient
from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.registry import RegistryClient, absolute, below
from finops_gate.sources.terraform.remote.source_address import Git, Registry, Source, Unsupported, Web, parse
from finops_gate.sources.terraform.remote.transport import Response, Transport, refusal
from finops_gate.sources.terraform.remote.versions import Version, exact

MAX_HOPS = 5
MAX_PAGE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """A downloaded package: `label` is a path by which people know it, `subdirectory` where in it the module is."""

    label: str
    key: str
    directory: Path
    subdirectory: str = ""


class Downloader:
    """Downloads each source once a run; what could not be had is not asked for again."""

    def __init__(self, cache: Cache, registry: RegistryClient, git: GitClient) -> None:
        self.cache, self.registry, self.git = cache, registry, git
        self.transport = registry.transport
        self.allowance = self.transport.allowance
        self._results: dict[tuple[Source, str], Package | RemoteError] = {}

    def package(self, source: Source, constraint: str = "") -> Package:
        """Where a module lies now. Raises RemoteError."""
        key = (source, constraint)
        if key not in self._results:
            try:
                self._results[key] = self._package(source, constraint)
            except RemoteError as error:
                self._results[key] = error
        result = self._results[key]
        if isinstance(result, RemoteError):
            raise RemoteError(str(result))
        return result

    def _package(self, source: Source, constraint: str) -> Package:
        try:
            found = self._from_registry(source, constraint) if isinstance(source, Registry) else self._direct(source)
            return _with_module(found)
        except OSError as error:
            raise RemoteError(f"it cannot be stored: {error.strerror}") from None

    def _from_registry(self, source: Registry, constraint: str) -> Package:
        exactly = exact(constraint)
        known = self._recall(source, exactly) if exactly else None
        if known is None:
            version = self.registry.choose(source, constraint)
            known = self._recall(source, version) or self._released(source, version)
        return replace(known, subdirectory=posixpath.join(known.subdirectory, source.subdirectory))

    def _released(self, source: Registry, version: Version) -> Package:
        located = self._direct(self.registry.location(source, version))
        package = replace(located, label=_label(source, version))
        self.cache.remember(package.label, Entry(package.key, package.subdirectory))
        return package

    def _recall(self, source: Registry, version: Version) -> Package | None:
        """A version of a registry's module never changes, so one that is here is not asked for."""
        label = _label(source, version)
        entry = self.cache.recall(label)
        directory = self.cache.find(entry.key) if entry else None
        return Package(label, entry.key, directory, entry.subdirectory) if entry and directory else None

    def _direct(self, source: Source, hops: int = 0) -> Package:
        if isinstance(source, Git):
            return self._from_git(source)
        if isinstance(source, Web) and source.is_archive:
            return self._from_archive(source)
        if isinstance(source, Web) and hops < MAX_HOPS:
            return self._direct(self._pointed_at(source), hops + 1)
        raise RemoteError(source.why if isinstance(source, Unsupported) else "it leads from one place to the next")

    def _from_git(self, source: Git) -> Package:
        commit = self.git.resolve(source)
        directory = self.cache.find(_git_key(source, commit)) if commit else None
        if directory is None:
            self.allowance.spend_package()
            made = Path(tempfile.mkdtemp(dir=self.cache.scratch))
            try:
                commit = self.git.export(source, commit, self.cache.scratch, made)
                directory = self.cache.keep(made, _git_key(source, commit))
            finally:
                shutil.rmtree(made, ignore_errors=True)
        label = _path(f"{source.display.removesuffix('.git')}@{commit[:12]}")
        return Package(label, _git_key(source, commit), directory, source.subdirectory)

    def _from_archive(self, source: Web) -> Package:
        self.allowance.spend_package()
        with tempfile.TemporaryDirectory(dir=self.cache.scratch, ignore_cleanup_errors=True) as scratch:
            archive = Path(scratch, "archive")
            with archive.open("w+b") as file:
                self.transport.archive(source.url, file)
            digest = _digest(archive)
            directory = self.cache.add(f"sha256-{digest}", lambda into: unpack(archive, into))
        return Package(_path(f"{source.display}@{digest[:12]}"), f"sha256-{digest}", directory, source.subdirectory)

    def _pointed_at(self, source: Web) -> Source:
        """What a page says of where the module is: a header, or a meta element of HTML."""
        response = self.transport.document(source.url, parameters={"terraform-get": "1"})
        if response.status not in (200, 204):
            raise refusal(response)
        target = response.headers.get("x-terraform-get", "") or _meta_target(response)
        if not target:
            raise RemoteError(f"{urlsplit(source.url).hostname} sends no archive there, and does not say where one is")
        return below(parse(absolute(target, response.url)), source.subdirectory)


def open_downloader() -> Downloader:
    """One with the user's cache and credentials. Raises RemoteError where there is no place to download to."""
    transport = Transport(find_credentials(), Allowance())
    return Downloader(open_cache(), RegistryClient(transport), GitClient(transport.allowance))


def _git_key(source: Git, commit: str) -> str:
    """A commit of one repository: of another, even the same commit is fetched by whoever may."""
    return f"git-{hashlib.sha256(source.display.encode()).hexdigest()[:12]}-{commit}"


def _label(source: Registry, version: Version) -> str:
    return _path(f"{source.host}/{source.namespace}/{source.name}/{source.provider}/{version.text}")


def _path(name: str) -> str:
    """A name as a path that every disk and every reader takes."""
    segments = [re.sub(r"[^A-Za-z0-9._@+-]", "_", segment) for segment in name.split("/")]
    return "/".join(segment for segment in segments if segment.strip("."))


def _digest(archive: Path) -> str:
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while chunk := file.read(1024 * 1024):
            digest.update(chunk)
    return digest.hexdigest()


def _with_module(package: Package) -> Package:
    """The package with the directory that its subdirectory means: `*` stands for any one. Raises RemoteError."""
    directory = package.directory
    for segment in package.subdirectory.split("/") if package.subdirectory else ():
        if "*" in segment:
            fitting = [p.name for p in directory.iterdir() if p.is_dir() and fnmatch.fnmatchcase(p.name, segment)]
            if len(fitting) != 1:
                raise RemoteError(f"{len(fitting)} directories of the package are named {segment}")
            segment = fitting[0]
        directory = directory / segment
    if not directory.is_dir():
        raise RemoteError(f"the package holds no {package.subdirectory}")
    found = directory.relative_to(package.directory).as_posix()
    return replace(package, subdirectory="" if found == "." else found)


class _Meta(HTMLParser):
    target = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and values.get("name") == "terraform-get" and not self.target:
            self.target = values.get("content") or ""


def _meta_target(response: Response) -> str:
    """The content of `<meta name="terraform-get">`; empty where there is none."""
    parser = _Meta()
    parser.feed(response.body[:MAX_PAGE_BYTES].decode("utf-8", "replace"))
    return parser.target
