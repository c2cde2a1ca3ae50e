"""HTTPS with bounds: hosts checked at every redirect, tokens for their own host alone, sizes and times limited."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from finops_gate.sources.terraform.remote.allowance import MAX_PACKAGE_BYTES, Allowance, within
from finops_gate.sources.terraform.remote.credentials import Credentials, variable_of
from finops_gate.sources.terraform.remote.problems import RemoteError

MAX_REDIRECTS = 5
MAX_DOCUMENT_BYTES = 20 * 1024 * 1024
CONNECT_SECONDS, SILENT_SECONDS = 10, 30
CHUNK = 64 * 1024
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: `url` is where it came from in the end; `body` is empty where it went into a file."""

    status: int
    headers: Mapping[str, str]
    url: str = field(repr=False)
    body: bytes = field(default=b"", repr=False)


class Transport:
    """Fetches documents and archives. `plain_hosts` may be asked without TLS: tests name the loopback here."""

    def __init__(
        self, credentials: Credentials, allowance: Allowance, plain_hosts: frozenset[str] = frozenset()
    ) -> None:
        self.credentials, self.allowance, self.plain_hosts = credentials, allowance, plain_hosts

    def document(self, url: str, token_host: str = "", parameters: Mapping[str, str] | None = None) -> Response:
        """A small answer, whatever its status. The token of `token_host` goes to that host only. Raises RemoteError."""
        return self._fetch(url, io.BytesIO(), MAX_DOCUMENT_BYTES, token_host, parameters)

    def archive(self, url: str, file: IO[bytes]) -> Response:
        """A large answer, written to a file. Raises RemoteError, also where the status is not 200."""
        response = self._fetch(url, file, MAX_PACKAGE_BYTES, "", None)
        if response.status != 200:
            raise refusal(response)
        return response

    def _fetch(
        self, url: str, file: IO[bytes], most: int, token_host: str, parameters: Mapping[str, str] | None
    ) -> Response:
        _refuse_malformed(url)
        host = shown_host(url)

        def follow() -> Response:
            return self._follow(url, file, most, token_host, parameters)

        return self.allowance.timed(lambda seconds: within(seconds, follow, f"an answer of {host}"))

    def _follow(
        self, url: str, file: IO[bytes], most: int, token_host: str, parameters: Mapping[str, str] | None
    ) -> Response:
        login = _login_of(url)
        first_host = host_of(url)
        for _ in range(MAX_REDIRECTS + 1):
            self._refuse_unsafe(url)
            own = login if host_of(url) == first_host else None
            headers = self._headers(url, token_host)
            response = self._ask(_without_login(url), file, most, headers, own, parameters)
            target = response.headers.get("location", "")
            if response.status not in REDIRECTS or not target:
                return response
            url, parameters = _joined(url, target), None
            file.seek(0)
            file.truncate()
        raise RemoteError(f"{shown_host(url)} redirects more than {MAX_REDIRECTS} times")

    def _refuse_unsafe(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in self.plain_hosts):
            raise RemoteError(f"{shown_host(url)} is not asked without TLS; use https")

    def _headers(self, url: str, token_host: str) -> dict[str, str]:
        """Of nothing that is compressed, so that a size is a size; with a token only for the host it is of."""
        headers = {"Accept-Encoding": "identity", "User-Agent": "finops-gate"}
        token = self.credentials.tokens.get(token_host) if token_host else None
        if token and host_of(url) == token_host:
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def _ask(
        self,
        url: str,
        file: IO[bytes],
        most: int,
        headers: Mapping[str, str],
        login: tuple[str, str] | None,
        parameters: Mapping[str, str] | None,
    ) -> Response:
        problem = ""
        try:
            return self._stream(url, file, most, headers, login, parameters)
        except RemoteError:
            raise
        except Exception as error:
            problem = _reason(error)
        # Raised out here, so that the error that may hold the URL is no part of this one.
        raise RemoteError(f"{shown_host(url)} {problem}")

    def _stream(
        self,
        url: str,
        file: IO[bytes],
        most: int,
        headers: Mapping[str, str],
        login: tuple[str, str] | None,
        parameters: Mapping[str, str] | None,
    ) -> Response:
        from requests.auth import HTTPBasicAuth

        with (
            _session() as session,
            session.get(
                url,
                params=parameters,
                headers=headers,
                # Said even where there is none: requests would otherwise take one from ~/.netrc, over the token.
                auth=HTTPBasicAuth(*login) if login else _unchanged,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, SILENT_SECONDS),
            ) as response,
        ):
            length = 0
            while chunk := response.raw.read(CHUNK, decode_content=False):
                length += len(chunk)
                if length > most:
                    raise RemoteError(f"{shown_host(url)} sends more than {most // 2**20} MiB")
                self.allowance.spend_bytes(len(chunk))
                file.write(chunk)
            found = {name.lower(): value for name, value in response.headers.items()}
            body = file.getvalue() if isinstance(file, io.BytesIO) else b""
            return Response(response.status_code, found, url, body)


def _session() -> Any:
    """A session that leaves redirects alone: requests reads the whole of one, and looks at where it leads, unasked."""
    import requests

    class Session(requests.Session):
        def get_redirect_target(self, resp: Any) -> None:
            return None

    return Session()


def _joined(url: str, target: str) -> str:
    try:
        joined = urljoin(url, target)
    except ValueError:
        joined = ""
    _refuse_malformed(joined)
    return joined


def _refuse_malformed(url: str) -> None:
    try:
        host = urlsplit(url).hostname if url.isprintable() else None
    except ValueError:
        host = None
    if not host:
        raise RemoteError("the address is no URL")


def _unchanged(request: Any) -> Any:
    return request


def _reason(error: Exception) -> str:
    """Why a request failed, without a word of the request itself."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that is not trusted"
    if isinstance(error, requests.exceptions.Timeout):
        return "does not answer in time"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "cannot be reached"
    return "breaks off or answers what is no HTTP"


def refusal(response: Response) -> RemoteError:
    """An answer that is not the one that was asked for, as an error."""
    host = shown_host(response.url)
    if response.status in (401, 403):
        return RemoteError(f"{host} wants other credentials; give it a token by {variable_of(host)}")
    if response.status == 404:
        return RemoteError(f"{host} has nothing there")
    return RemoteError(f"{host} answers with status {response.status}")


def host_of(url: str) -> str:
    """Host and port by which a token is chosen; 443 is not said."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    return f"{parts.hostname}" if port in (None, 443) else f"{parts.hostname}:{port}"


def shown_host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _login_of(url: str) -> tuple[str, str] | None:
    """The user and password that stand in a URL."""
    parts = urlsplit(url)
    return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, shown_host(url), parts.path, parts.query, ""))
