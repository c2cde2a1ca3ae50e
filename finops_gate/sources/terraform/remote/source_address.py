"""The `source` of a module call: where Terraform would take the module from.

The forms and what they mean are Terraform's, those it takes over from go-getter included:
https://developer.hashicorp.com/terraform/language/modules/sources
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

DEFAULT_REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
"""The registry an address without a host means: Terraform's, or OpenTofu's where that installed the module."""

ARCHIVES = ("zip", "tar.bz2", "tbz2", "tar.gz", "tgz", "tar.xz", "txz")
MAX_LENGTH = 2_000

_LOCAL = ("./", "../", ".\\", "..\\")
_REGISTRY = re.compile(
    r"(?:(?P<host>[^/]+)/)?(?P<namespace>[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}[0-9A-Za-z])?)"
    r"/(?P<name>[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}[0-9A-Za-z])?)/(?P<provider>[0-9a-z]{1,64})"
)
_HOST = re.compile(r"[0-9a-z](?:[0-9a-z-]*[0-9a-z])?(?:\.[0-9a-z](?:[0-9a-z-]*[0-9a-z])?)+(?::[0-9]{1,5})?")
_VERSION_CONTROL = ("github.com", "bitbucket.org")
_FORCED = re.compile(r"([A-Za-z0-9]+)::(.+)", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SECURE_SHELL = re.compile(r"(?P<user>[A-Za-z0-9._-]+)@(?P<host>[A-Za-z0-9.-]+):(?P<path>[^:]+)")
_UNFIT_REF = re.compile(r"-.*|.*(?:[\x00-\x20~^:?*\[\\\x7f]|\.\.|@\{).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Local:
    """A directory beside the calling module."""

    path: str


@dataclass(frozen=True, slots=True)
class Registry:
    """A module of a registry, one version of which is chosen by the call's `version`."""

    host: str
    namespace: str
    name: str
    provider: str
    subdirectory: str = ""

    @property
    def display(self) -> str:
        host = "" if self.host in DEFAULT_REGISTRIES else f"{self.host}/"
        return f"{host}{self.namespace}/{self.name}/{self.provider}"


@dataclass(frozen=True, slots=True)
class Git:
    """A commit of a git repository: that of `ref`, a branch, tag or commit, or of the default branch."""

    url: str = field(repr=False)
    ref: str = ""
    subdirectory: str = ""

    @property
    def display(self) -> str:
        return without_secrets(self.url)


@dataclass(frozen=True, slots=True)
class Web:
    """An archive behind a URL, or a page that says where the module is."""

    url: str = field(repr=False)
    subdirectory: str = ""

    @property
    def display(self) -> str:
        return without_secrets(self.url)

    @property
    def is_archive(self) -> bool:
        parts = urlsplit(self.url)
        asked = dict(parse_qsl(parts.query)).get("archive")
        return asked in ARCHIVES if asked is not None else parts.path.endswith(tuple(f".{a}" for a in ARCHIVES))


@dataclass(frozen=True, slots=True)
class Unsupported:
    """An address that is not followed; `why` reads after "not downloaded: "."""

    why: str


Source: TypeAlias = Local | Registry | Git | Web | Unsupported


def without_secrets(url: str) -> str:
    """The part of a URL that may be shown: no user, no password, no query."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"


def parse(text: str) -> Source:
    """What a source means. Never raises: what is not understood or not followed is Unsupported."""
    if len(text) > MAX_LENGTH or not text.isprintable():
        return Unsupported("the source is no address")
    if text.startswith(_LOCAL):
        return Local(posixpath.normpath(text.replace("\\", "/")))
    try:
        return _registry(text) or _direct(text)
    except ValueError:
        return Unsupported("the source is no address")


def same(one: Source, other: Source) -> bool:
    """Whether two addresses mean the same module; an unwritten registry is Terraform's or OpenTofu's."""
    if isinstance(one, Registry) and isinstance(other, Registry):
        hosts = {host if host not in DEFAULT_REGISTRIES else "" for host in (one.host, other.host)}
        own, others = ((source.namespace, source.name, source.provider, source.subdirectory) for source in (one, other))
        return len(hosts) == 1 and own == others
    return one == other and not isinstance(one, Unsupported)


def split_subdirectory(text: str) -> tuple[str, str]:
    """An address in two at its `//`; the query stays with the first part."""
    path, mark, query = text.partition("?")
    start = path.find("://") + 3 if "://" in path else 0
    at = path.find("//", start)
    return (text, "") if at < 0 else (path[:at] + mark + query, path[at + 2 :])


def _inside(subdirectory: str) -> str:
    """The path of a subdirectory within its package. Raises ValueError where it leads outside."""
    normal = posixpath.normpath(subdirectory.lstrip("/")) if subdirectory else ""
    if normal == ".." or normal.startswith("../") or "\\" in normal:
        raise ValueError("outside of the package")
    return "" if normal == "." else normal


def _registry(text: str) -> Registry | None:
    package, subdirectory = split_subdirectory(text)
    found = _REGISTRY.fullmatch(package)
    if found is None or found["host"] in _VERSION_CONTROL:
        return None
    host = DEFAULT_REGISTRIES[0] if found["host"] is None else comparable_host(found["host"])
    if not host:
        return None
    return Registry(host, found["namespace"], found["name"], found["provider"], _inside(subdirectory))


def comparable_host(written: str) -> str:
    """A host name (and port) in the one form by which hosts are compared; empty where it is none."""
    name, colon, port = written.partition(":")
    try:
        ascii_name = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    host = ascii_name if port in ("", "443") else f"{ascii_name}{colon}{port}"
    return host if _HOST.fullmatch(host) else ""


def _direct(text: str) -> Source:
    forced = _FORCED.fullmatch(text)
    getter, address = (forced[1].lower(), forced[2]) if forced else ("", text)
    address, subdirectory = split_subdirectory(address)
    if not _SCHEME.match(address) or _SECURE_SHELL.fullmatch(address.partition("?")[0]):
        found, address, more = _detected(address)
        getter = getter or found
        subdirectory = posixpath.join(more, subdirectory) if more else subdirectory
    if not getter:
        getter = urlsplit(address).scheme.lower()
    return _BY_GETTER.get(getter, _unknown)(getter, address, _inside(subdirectory))


def _detected(address: str) -> tuple[str, str, str]:
    """The getter, the URL and the further subdirectory that an address without a scheme stands for."""
    path, mark, query = address.partition("?")
    shell = _SECURE_SHELL.fullmatch(path)
    if shell:
        return "git", f"ssh://{shell['user']}@{shell['host']}/{shell['path'].lstrip('/')}{mark}{query}", ""
    host, _, rest = path.partition("/")
    if host in _VERSION_CONTROL:
        owner, name, *more = [*rest.split("/"), ""]
        if not owner or not name:
            raise ValueError("no repository")
        repository = f"https://{host}/{owner}/{name.removesuffix('.git')}.git{mark}{query}"
        return "git", repository, "/".join(more).strip("/")
    if host.endswith(".amazonaws.com"):
        return "s3", address, ""
    if host == "www.googleapis.com":
        return "gcs", address, ""
    return "file" if address.startswith("/") else "", address, ""


def _git(getter: str, address: str, subdirectory: str) -> Source:
    parts = urlsplit(address)
    options = parse_qsl(parts.query, keep_blank_values=True)
    ref = dict(options).get("ref", "")
    if parts.scheme not in ("https", "ssh", "file"):
        return Unsupported(f"git over {parts.scheme[:20] or 'this'} is not followed; https and ssh are")
    if any(name == "sshkey" for name, _ in options):
        return Unsupported("a key inside of an address is not used; give it to your ssh agent")
    if _UNFIT_REF.fullmatch(ref):
        return Unsupported("its ref is no name of a branch, tag or commit")
    if parts.scheme != "file" and not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.-]*", parts.hostname or ""):
        return Unsupported("the source is no address")
    query = urlencode([(name, value) for name, value in options if name not in ("ref", "depth")])
    return Git(urlunsplit((parts.scheme, parts.netloc, parts.path, query, "")), ref, subdirectory)


def _web(getter: str, address: str, subdirectory: str) -> Source:
    if not urlsplit(address).hostname:
        return Unsupported("the source is no address")
    return Web(address, subdirectory)


def _unknown(getter: str, address: str, subdirectory: str) -> Source:
    if not getter:
        return Unsupported("the source is no address; a directory beside the module begins with ./")
    return Unsupported(f"modules by {getter[:20]} are not supported")


def _s3(getter: str, address: str, subdirectory: str) -> Source:
    return Unsupported("modules in S3 are not supported")


def _gcs(getter: str, address: str, subdirectory: str) -> Source:
    return Unsupported("modules in Google Cloud Storage are not supported")


def _file(getter: str, address: str, subdirectory: str) -> Source:
    return Unsupported("an absolute path lies outside of the scanned repository")


_BY_GETTER = {"git": _git, "https": _web, "http": _web, "s3": _s3, "gcs": _gcs, "file": _file}
