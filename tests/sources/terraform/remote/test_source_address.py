"""Sources mean what Terraform 1.11 makes of them; what it fetches for each was read off `terraform init`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.sources.terraform.remote.source_address import (
    Git,
    Local,
    Registry,
    Unsupported,
    Web,
    comparable_host,
    parse,
    same,
)

MEANINGS = {
    "./local": Local("local"),
    "../up//x": Local("../up/x"),
    "hashicorp/consul/aws": Registry("registry.terraform.io", "hashicorp", "consul", "aws"),
    "hashicorp/consul/aws//modules/x": Registry("registry.terraform.io", "hashicorp", "consul", "aws", "modules/x"),
    "a/b/c//": Registry("registry.terraform.io", "a", "b", "c"),
    "Example.COM/ns/name/aws": Registry("example.com", "ns", "name", "aws"),
    "example.com:8443/ns/name/prov": Registry("example.com:8443", "ns", "name", "prov"),
    "gitlab.com/ns/name/aws": Registry("gitlab.com", "ns", "name", "aws"),
    "github.com/ns/name/aws": Git("https://github.com/ns/name.git", "", "aws"),
    "github.com/hashicorp/example": Git("https://github.com/hashicorp/example.git"),
    "github.com/hashicorp/example.git": Git("https://github.com/hashicorp/example.git"),
    "github.com/hashicorp/example//sub?ref=v1.2.0": Git("https://github.com/hashicorp/example.git", "v1.2.0", "sub"),
    "github.com/hashicorp/example/sub": Git("https://github.com/hashicorp/example.git", "", "sub"),
    "git::github.com/org/repo?ref=v1": Git("https://github.com/org/repo.git", "v1"),
    "git@github.com:hashicorp/example.git": Git("ssh://git@github.com/hashicorp/example.git"),
    "git@github.com:hashicorp/example.git//sub?ref=v2": Git("ssh://git@github.com/hashicorp/example.git", "v2", "sub"),
    "git::git@github.com:org/repo.git//m?ref=main": Git("ssh://git@github.com/org/repo.git", "main", "m"),
    "bitbucket.org/hashicorp/tf-test-git": Git("https://bitbucket.org/hashicorp/tf-test-git.git"),
    "git::https://example.com/vpc.git//a/b?ref=v1.2.0&depth=1": Git("https://example.com/vpc.git", "v1.2.0", "a/b"),
    "git::ssh://git@example.com:2222/storage.git//m?ref=x": Git("ssh://git@example.com:2222/storage.git", "x", "m"),
    "git::https://example.com//x.git": Git("https://example.com", "", "x.git"),
    "git::https://example.com/x//y//z?ref=v1": Git("https://example.com/x", "v1", "y/z"),
    "git::https://example.com/x.git//sub/../other?ref=1": Git("https://example.com/x.git", "1", "other"),
    "https://example.com/vpc-module.zip": Web("https://example.com/vpc-module.zip"),
    "https://example.com/a.tar.gz//sub/x": Web("https://example.com/a.tar.gz", "sub/x"),
    "https://example.com/a//*?archive=tar.gz": Web("https://example.com/a?archive=tar.gz", "*"),
    "https://github.com/org/repo.git": Web("https://github.com/org/repo.git"),
}


@pytest.mark.parametrize(("text", "meaning"), MEANINGS.items(), ids=MEANINGS)
def test_means_what_terraform_makes_of_it(text: str, meaning: object) -> None:
    assert parse(text) == meaning


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no address"),
        ("vpc", "begins with ./"),
        (".", "begins with ./"),
        ("terraform-aws-modules/vpc", "begins with ./"),
        ("ns/name/AWS", "begins with ./"),
        ("localhost/ns/name/aws", "begins with ./"),
        ("a/b/c//../d", "no address"),
        ("git::https://example.com/x.git//../other", "no address"),
        ("github.com/hashicorp", "no address"),
        ("git::ext::sh -c id", "ext"),
        ("git::http://example.com/x.git", "http is not followed"),
        ("git::git://example.com/x", "git is not followed"),
        ("git::https://example.com/x.git?ref=--upload-pack=id", "ref"),
        ("git::https://example.com/x.git?ref=a%20b", "ref"),
        ("git::https://example.com/x.git?ref=a..b", "ref"),
        ("git::https://example.com/x.git?ref=a%0ab", "ref"),
        ("git::https://example.com/x.git?sshkey=abc", "ssh agent"),
        ("git::ssh://-oProxyCommand=id/x", "no address"),
        ("hg::http://example.com/vpc.hg", "hg are not supported"),
        ("s3::https://s3-eu-west-1.amazonaws.com/examplecorp/vpc.zip", "S3"),
        ("s3-eu-west-1.amazonaws.com/bucket/vpc.zip", "S3"),
        ("gcs::https://www.googleapis.com/storage/v1/modules/foomodule.zip", "Google Cloud Storage"),
        ("www.googleapis.com/storage/v1/b/f.zip", "Google Cloud Storage"),
        ("/abs/dir", "absolute path"),
        ("file:///tmp/x", "absolute path"),
        ("ssh://git@example.com/x.git", "ssh are not supported"),
        ("https://[::1/x.zip", "no address"),
        ("./x\n", "no address"),
        ("a" * 3_000, "no address"),
    ],
)
def test_what_is_not_followed_says_why(text: str, says: str) -> None:
    source = parse(text)
    assert isinstance(source, Unsupported)
    assert says in source.why


def test_nothing_secret_is_shown() -> None:
    for text in ("git::https://user:hunter2@example.com/x.git?ref=v1", "https://u:hunter2@example.com/a.zip?t=hunter2"):
        source = parse(text)
        assert isinstance(source, Git | Web)
        assert "hunter2" not in source.display + repr(source)
        assert source.display.startswith("example.com/")


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("ns/name/aws", "registry.terraform.io/ns/name/aws", True),
        ("ns/name/aws", "registry.opentofu.org/ns/name/aws", True),
        ("ns/name/aws", "example.com/ns/name/aws", False),
        ("ns/name/aws", "ns/name/aws//sub", False),
        ("github.com/a/b//c?ref=1", "git::https://github.com/a/b.git//c?ref=1", True),
        ("github.com/a/b?ref=1", "git::https://github.com/a/b.git?ref=2", False),
        ("vpc", "vpc", False),
    ],
)
def test_which_addresses_are_the_same(one: str, other: str, equal: bool) -> None:
    assert same(parse(one), parse(other)) is equal


@pytest.mark.parametrize(
    ("text", "is_archive"),
    [
        ("https://x.io/a.tgz?x=1", True),
        ("https://x.io/a?archive=zip", True),
        ("https://x.io/a", False),
        ("https://x.io/a.zip?archive=false", False),
    ],
)
def test_archives_are_told_by_their_name_or_their_query(text: str, is_archive: bool) -> None:
    source = parse(text)
    assert isinstance(source, Web)
    assert source.is_archive is is_archive


def test_hosts_in_one_form() -> None:
    assert comparable_host("Bücher.example") == "xn--bcher-kva.example"
    assert comparable_host("example.com:443") == "example.com"
    assert comparable_host("no/host") == ""


WORDS = ["git::", "s3::", "https://", "ssh://", "ref=", "github.com", "-x", "%2e", "b.c", "é"]
TOKENS = [*WORDS, *"/?&=@:[a\\", "//", ".."]
PIECES = st.lists(st.sampled_from(TOKENS), max_size=12).map("".join)


@given(PIECES | st.text(max_size=40))
def test_any_text_has_a_meaning_that_stays_inside_its_package(text: str) -> None:
    source = parse(text)
    subdirectory = getattr(source, "subdirectory", "")
    assert ".." not in subdirectory.split("/")
    assert not subdirectory.startswith("/")
    if isinstance(source, Git):
        assert source.url.startswith(("https://", "ssh://", "file://"))
        assert not source.ref.startswith("-")
