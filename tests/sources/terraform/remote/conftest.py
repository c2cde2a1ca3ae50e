"""Registries and repositories on this machine: a web server on the loopback, git repositories in directories."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from finops_gate.sources.terraform.remote.allowance import Allowance
from finops_gate.sources.terraform.remote.cache import Cache
from finops_gate.sources.terraform.remote.credentials import Credentials
from finops_gate.sources.terraform.remote.download import Downloader
from finops_gate.sources.terraform.remote.git_modules import GitClient
from finops_gate.sources.terraform.remote.registry import RegistryClient
from finops_gate.sources.terraform.remote.transport import Transport

LOOPBACK = frozenset({"127.0.0.1"})


@dataclass
class Answer:
    body: bytes | Iterator[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass
class Site:
    """A web server: `answers` by path, without the query; `asked` is what it was asked, with which headers."""

    host: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    @property
    def tokens(self) -> list[str]:
        return [headers.get("Authorization", "") for _, headers in self.asked]


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            answer = site.answers.get(self.path.partition("?")[0], Answer(b"no secrets here", status=404))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for chunk in [answer.body] if isinstance(answer.body, bytes) else answer.body:
                    self.wfile.write(chunk)
                    self.wfile.flush()
            except OSError:
                pass  # The client had enough.

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is asked directly, whatever proxy its other traffic takes."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")


@pytest.fixture
def make_site() -> Iterator[Callable[[], Site]]:
    servers: list[ThreadingHTTPServer] = []

    def start() -> Site:
        site = Site("")
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
        server.daemon_threads = True
        site.host = f"127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return site

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(make_site: Callable[[], Site]) -> Site:
    return make_site()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


class Repository:
    """A git repository with the files it is told to commit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "-q", "-b", "main")

    @property
    def url(self) -> str:
        return f"file://{self.path}"

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "protocol.file.allow=always")
        command = ["git", *identity, "-C", str(self.path), *arguments]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()

    def commit(self, files: Mapping[str, str]) -> str:
        for name, content in files.items():
            (self.path / name).parent.mkdir(parents=True, exist_ok=True)
            (self.path / name).write_text(content)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")


MakeDownloader = Callable[..., Downloader]


@pytest.fixture
def make_downloader(tmp_path: Path) -> MakeDownloader:
    """A downloader that may speak to the loopback without TLS and read repositories from directories."""

    def make(credentials: Credentials | None = None, allowance: Allowance | None = None) -> Downloader:
        transport = Transport(credentials or Credentials(), allowance or Allowance(), plain_hosts=LOOPBACK)
        git = GitClient(transport.allowance, protocols=("https", "ssh", "file"))
        return Downloader(Cache(tmp_path / "cache"), RegistryClient(transport), git)

    return make


def tar_gz(files: Mapping[str, str]) -> bytes:
    """An archive of files as `tar -czf` makes it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    return out.getvalue()
