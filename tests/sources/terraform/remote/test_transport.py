"""A token reaches its own host and no other; sizes, times and redirects have an end; nothing is asked without TLS."""

from __future__ import annotations

import io
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from finops_gate.sources.terraform.remote import transport as transport_module
from finops_gate.sources.terraform.remote.allowance import Allowance
from finops_gate.sources.terraform.remote.credentials import Credentials
from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.transport import Transport
from tests.sources.terraform.remote.conftest import LOOPBACK, Answer, Site

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

MakeSite = Callable[[], Site]


def transport(tokens: dict[str, str] | None = None, allowance: Allowance | None = None) -> Transport:
    return Transport(Credentials(tokens or {}), allowance or Allowance(), plain_hosts=LOOPBACK)


def test_a_token_is_sent_to_its_host(site: Site) -> None:
    site.answers["/x"] = Answer(b"found")
    assert transport({site.host: "t"}).document(f"{site.url}/x", token_host=site.host).body == b"found"
    assert site.tokens == ["Bearer t"]


def test_a_token_is_not_sent_where_it_is_not_asked_for(site: Site) -> None:
    site.answers["/x"] = Answer(b"found")
    transport({site.host: "t"}).document(f"{site.url}/x")
    transport({site.host: "t"}).document(f"{site.url}/x", token_host="other.example")
    assert site.tokens == ["", ""]


def test_a_redirect_takes_no_token_along(make_site: MakeSite) -> None:
    own, other = make_site(), make_site()
    own.answers["/x"] = Answer(status=302, headers={"Location": f"{other.url}/y"})
    other.answers["/y"] = Answer(status=307, headers={"Location": f"{own.url}/z"})
    own.answers["/z"] = Answer(b"home")
    found = transport({own.host: "mine", other.host: "theirs"}).document(f"{own.url}/x", token_host=own.host)
    assert found.body == b"home"
    assert (own.tokens, other.tokens) == (["Bearer mine", "Bearer mine"], [""])


def test_a_login_in_a_url_stays_with_its_host(make_site: MakeSite) -> None:
    own, other = make_site(), make_site()
    own.answers["/x"] = Answer(status=302, headers={"Location": f"{other.url}/y"})
    other.answers["/y"] = Answer(b"found")
    transport().document(f"http://user:hunter2@{own.host}/x")
    assert own.tokens == ["Basic dXNlcjpodW50ZXIy"]  # printf user:hunter2 | base64
    assert other.tokens == [""]


def test_netrc_is_not_asked(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    site.answers["/x"] = Answer(b"found")
    transport({site.host: "t"}).document(f"{site.url}/x", token_host=site.host)
    assert site.tokens == ["Bearer t"]


def test_redirects_have_an_end(site: Site) -> None:
    site.answers["/x"] = Answer(status=301, headers={"Location": "/x"})
    with pytest.raises(RemoteError, match="redirects more than 5 times"):
        transport().document(f"{site.url}/x")
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("http://example.com/x", "example.com is not asked without TLS"),
        ("file:///etc/passwd", "no URL"),
        ("//[", "no URL"),
        ("ftp://example.com/x", "not asked without TLS"),
    ],
)
def test_redirects_lead_to_https_only(site: Site, target: str, says: str) -> None:
    site.answers["/x"] = Answer(status=302, headers={"Location": target})
    with pytest.raises(RemoteError, match=says):
        transport().document(f"{site.url}/x")


def test_without_tls_nothing_is_asked(site: Site) -> None:
    with pytest.raises(RemoteError, match="not asked without TLS"):
        Transport(Credentials(), Allowance()).document(f"{site.url}/x")
    assert site.asked == []


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 65536


def test_sizes_have_an_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "MAX_PACKAGE_BYTES", 1024 * 1024)
    site.answers["/x"] = Answer(endless())
    with pytest.raises(RemoteError, match="sends more than 1 MiB"):
        transport().archive(f"{site.url}/x", io.BytesIO())


def test_the_body_of_a_redirect_has_an_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "MAX_DOCUMENT_BYTES", 1024 * 1024)
    site.answers["/x"] = Answer(endless(), {"Location": "/y"}, 302)
    with pytest.raises(RemoteError, match="sends more than 1 MiB"):
        transport().document(f"{site.url}/x")


def test_all_downloads_together_have_an_end(site: Site) -> None:
    site.answers["/x"] = Answer(b"x" * 600)
    asking = transport(allowance=Allowance(total_bytes=1000))
    asking.document(f"{site.url}/x")
    with pytest.raises(RemoteError, match="as many bytes as it may"):
        asking.document(f"{site.url}/x")


def trickle() -> Iterator[bytes]:
    for _ in range(200):
        time.sleep(0.02)
        yield b"x"


def test_a_trickling_answer_is_left_behind(site: Site) -> None:
    site.answers["/x"] = Answer(trickle())
    asking = transport(allowance=Allowance(seconds=0.3))
    start = time.monotonic()
    with pytest.raises(RemoteError, match="took longer than"):
        asking.document(f"{site.url}/x")
    with pytest.raises(RemoteError, match="as much time"):
        asking.document(f"{site.url}/x")
    assert time.monotonic() - start < 2


SECRET = "hunter2"


def test_errors_hold_nothing_of_the_request() -> None:
    dead = f"http://user:{SECRET}@127.0.0.1:1/x?token={SECRET}"
    with pytest.raises(RemoteError, match="cannot be reached") as caught:
        transport({"127.0.0.1:1": SECRET}).document(dead, token_host="127.0.0.1:1")
    assert str(caught.value) == "127.0.0.1:1 cannot be reached"
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


def test_what_cannot_be_parsed_is_not_shown_either(site: Site) -> None:
    site.answers["/x"] = Answer(status=302, headers={"Location": f"https://user:{SECRET}@[/x"})
    with pytest.raises(RemoteError, match="no URL") as caught:
        transport().document(f"{site.url}/x")
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_refusal_says_how_to_give_a_token(site: Site) -> None:
    site.answers["/x"] = Answer(status=401, body=b"go away")
    with pytest.raises(RemoteError, match="TF_TOKEN_127_0_0_1"):
        transport().archive(f"{site.url}/x", io.BytesIO())
