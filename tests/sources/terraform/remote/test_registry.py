"""The registry protocol, held against a registry on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from finops_gate.sources.terraform.remote.allowance import Allowance
from finops_gate.sources.terraform.remote.credentials import Credentials
from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.registry import RegistryClient
from finops_gate.sources.terraform.remote.source_address import Git, Registry, Unsupported, Web
from finops_gate.sources.terraform.remote.transport import Transport
from finops_gate.sources.terraform.remote.versions import parse_version
from tests.sources.terraform.remote.conftest import LOOPBACK, Answer, Site

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

BASE = "/v1/modules/ns/name/aws"


def client(credentials: Credentials | None = None) -> RegistryClient:
    return RegistryClient(Transport(credentials or Credentials(), Allowance(), plain_hosts=LOOPBACK))


def serve(site: Site, versions: list[str], location: Answer | None = None, service: str = "/v1/modules/") -> Registry:
    site.answers["/.well-known/terraform.json"] = Answer(json.dumps({"modules.v1": service}).encode())
    published = {"modules": [{"versions": [{"version": version} for version in versions]}]}
    site.answers[f"{BASE}/versions"] = Answer(json.dumps(published).encode())
    site.answers[f"{BASE}/1.2.0/download"] = location or Answer(status=204)
    return Registry(site.host, "ns", "name", "aws")


VERSION = parse_version("1.2")


def test_discovers_the_service_and_chooses_the_newest_that_fits(site: Site) -> None:
    source = serve(site, ["1.0.0", "1.2.0", "2.0.0"])
    asking = client()
    assert asking.choose(source, "~> 1.0").text == "1.2.0"
    assert asking.choose(source, "").text == "2.0.0"
    assert site.paths == ["/.well-known/terraform.json", f"{BASE}/versions"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("git::https://example.com/x.git//sub?ref=v1", Git("https://example.com/x.git", "v1", "sub")),
        ("https://example.com/a.tgz", Web("https://example.com/a.tgz")),
        ("/files/a?archive=tgz", "/files/a?archive=tgz"),
        ("./a.zip//sub", f"{BASE}/1.2.0/a.zip"),
        ("../a.zip", f"{BASE}/a.zip"),
    ],
)
def test_locations_absolute_and_relative(site: Site, header: str, expected: Git | Web | str) -> None:
    source = serve(site, [], Answer(status=204, headers={"X-Terraform-Get": header}))
    assert VERSION is not None
    found = client().location(source, VERSION)
    if isinstance(expected, str):
        assert isinstance(found, Web)
        assert found.url == site.url + expected
        assert found.subdirectory == ("sub" if "sub" in header else "")
    else:
        assert found == expected


def test_a_location_may_stand_in_the_body(site: Site) -> None:
    source = serve(site, [], Answer(b'{"location": "https://example.com/a.zip"}'))
    assert VERSION is not None
    assert client().location(source, VERSION) == Web("https://example.com/a.zip")


@pytest.mark.parametrize("header", ["git::ext::sh -c id", "file:///etc", "s3::https://s3.amazonaws.com/b/x.zip"])
def test_a_registry_cannot_lead_where_a_source_may_not(site: Site, header: str) -> None:
    source = serve(site, [], Answer(status=204, headers={"X-Terraform-Get": header}))
    assert VERSION is not None
    assert isinstance(client().location(source, VERSION), Unsupported)


def test_a_registry_cannot_lead_to_a_registry(site: Site) -> None:
    source = serve(site, [], Answer(status=204, headers={"X-Terraform-Get": "other.example/ns/name/aws"}))
    assert VERSION is not None
    with pytest.raises(RemoteError, match="another registry"):
        client().location(source, VERSION)


def test_a_token_stays_with_its_host_when_the_service_is_elsewhere(make_site: Callable[[], Site]) -> None:
    own, other = make_site(), make_site()
    source = serve(own, [], service=f"{other.url}/v1/modules/")
    serve(other, ["1.0.0"])
    assert client(Credentials({own.host: "t"})).choose(source, "").text == "1.0.0"
    assert (own.tokens, other.tokens) == (["Bearer t"], [""])


def test_the_configuration_may_say_where_a_host_has_its_registry(make_site: Callable[[], Site]) -> None:
    mirror = make_site()
    serve(mirror, ["1.0.0"])
    asking = client(Credentials(services={"registry.terraform.io": f"{mirror.url}/v1/modules"}))
    assert asking.choose(Registry("registry.terraform.io", "ns", "name", "aws"), "").text == "1.0.0"


@pytest.mark.parametrize(
    ("path", "answer", "says"),
    [
        ("/.well-known/terraform.json", Answer(status=404), "is no module registry"),
        ("/.well-known/terraform.json", Answer(b"{}"), "is no module registry"),
        ("/.well-known/terraform.json", Answer(b'{"modules.v1": 1}'), "is no module registry"),
        ("/.well-known/terraform.json", Answer(b"<html>"), "no JSON"),
        ("/.well-known/terraform.json", Answer(b"[" * 100_000), "no JSON"),
        ("/.well-known/terraform.json", Answer(b'{"modules.v1": "ftp://x/"}'), "without TLS"),
        (f"{BASE}/versions", Answer(status=404), "has nothing there"),
        (f"{BASE}/versions", Answer(status=403), "other credentials"),
        (f"{BASE}/versions", Answer(status=500), "status 500"),
        (f"{BASE}/versions", Answer(b"{}"), "no published version"),
        (
            f"{BASE}/versions",
            Answer(b'{"modules": [{"versions": [{"version": 1}, {"version": "x"}]}]}'),
            "no published",
        ),
        (f"{BASE}/versions", Answer(b'{"modules": [{"versions": 7}]}'), "no published"),
    ],
)
def test_a_registry_that_errs_says_so(site: Site, path: str, answer: Answer, says: str) -> None:
    source = serve(site, ["1.0.0"])
    site.answers[path] = answer
    with pytest.raises(RemoteError, match=says):
        client().choose(source, "")


def test_a_version_without_a_place_says_so(site: Site) -> None:
    assert VERSION is not None
    with pytest.raises(RemoteError, match="does not say where"):
        client().location(serve(site, []), VERSION)
