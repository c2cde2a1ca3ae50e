"""Terraform's module registry protocol: https://developer.hashicorp.com/terraform/internals/module-registry-protocol."""

from __future__ import annotations

import json
import posixpath
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urljoin

from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.source_address import Git, Registry, Source, Web, parse, split_subdirectory
from finops_gate.sources.terraform.remote.transport import Response, Transport, refusal
from finops_gate.sources.terraform.remote.versions import Version, newest

SERVICE = "modules.v1"


class RegistryClient:
    """Asks registries; what one said holds for the whole run."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._bases: dict[str, str] = {}
        self._published: dict[Registry, list[str]] = {}

    def choose(self, source: Registry, constraint: str) -> Version:
        """The newest published version that meets the constraint. Raises RemoteError."""
        module = replace(source, subdirectory="")
        if module not in self._published:
            self._published[module] = _published(self._document(module, "versions"))
        return newest(self._published[module], constraint)

    def location(self, source: Registry, version: Version) -> Source:
        """Where the registry says that the package of a version lies. Raises RemoteError."""
        response = self._ask(source, f"{quote(version.text, safe='+')}/download")
        target = response.headers.get("x-terraform-get", "") or _location_in(response)
        if not target:
            raise RemoteError(f"{source.host} does not say where {source.display} lies")
        return below(parse(absolute(target, response.url)), "")

    def _document(self, source: Registry, path: str) -> Any:
        return _json(self._ask(source, path))

    def _ask(self, source: Registry, path: str) -> Response:
        url = urljoin(self._base(source.host), f"{source.namespace}/{source.name}/{source.provider}/{path}")
        response = self.transport.document(url, token_host=source.host)
        if response.status not in (200, 204):
            raise refusal(response)
        return response

    def _base(self, host: str) -> str:
        """The URL of a host's module registry, by what the user's configuration or the host itself says."""
        if host not in self._bases:
            configured = self.transport.credentials.services.get(host)
            base = configured or self._discovered(host)
            self._bases[host] = base if base.endswith("/") else f"{base}/"
        return self._bases[host]

    def _discovered(self, host: str) -> str:
        scheme = "http" if host.partition(":")[0] in self.transport.plain_hosts else "https"
        response = self.transport.document(f"{scheme}://{host}/.well-known/terraform.json", token_host=host)
        if response.status == 404:
            raise RemoteError(f"{host} is no module registry")
        if response.status != 200:
            raise refusal(response)
        services = _json(response)
        base = services.get(SERVICE) if isinstance(services, dict) else None
        if not isinstance(base, str):
            raise RemoteError(f"{host} is no module registry")
        return urljoin(response.url, base)


def _json(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        pass
    raise RemoteError("a registry answers what is no JSON")


def _published(document: Any) -> list[str]:
    try:
        versions = [entry["version"] for entry in document["modules"][0]["versions"]]
    except (KeyError, IndexError, TypeError):
        versions = []
    return [version for version in versions if isinstance(version, str)]


def _location_in(response: Response) -> str:
    """The `location` that newer registries send in the body of an answer with status 200."""
    if response.status != 200 or not response.body.lstrip().startswith(b"{"):
        return ""
    found = _json(response).get("location", "")
    return found if isinstance(found, str) else ""


def absolute(target: str, url: str) -> str:
    """An address that may be relative to the URL that named it; its `//` stays, which `urljoin` would fold."""
    if not target.startswith(("/", "./", "../")):
        return target
    try:
        if target.startswith("//"):
            return urljoin(url, target)
        package, subdirectory = split_subdirectory(target)
        path, mark, query = urljoin(url, package).partition("?")
    except ValueError:
        return ""
    return f"{path}//{subdirectory}{mark}{query}" if subdirectory else f"{path}{mark}{query}"


def below(source: Source, subdirectory: str) -> Source:
    """A subdirectory of what lies at a source. Raises RemoteError where a registry names another registry."""
    if isinstance(source, Git | Web):
        joined = posixpath.join(source.subdirectory, subdirectory) if subdirectory else source.subdirectory
        return replace(source, subdirectory=joined)
    if isinstance(source, Registry):
        raise RemoteError("a registry names another registry as the place of a module")
    return source
