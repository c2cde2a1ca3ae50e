"""What is installed is what `terraform init` recorded, if it is what the call asks for, and nothing outside of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from finops_gate.sources.memory import MemoryTree
from finops_gate.sources.terraform.remote.installed import read_installed
from finops_gate.sources.terraform.remote.source_address import parse

RECORD = (
    '{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"a","Source":"registry.terraform.io/ns/name/aws","Version":'
    '"1.10.0","Dir":".terraform/modules/a"},{"Key":"c","Source":"git::https://example.com/r//modules/sub?ref=v1","Dir":'
    '".terraform/modules/c/modules/sub"},{"Key":"l","Source":"./local","Dir":"local"},{"Key":"l.n","Source":'
    '"registry.terraform.io/ns/name/aws//modules/sub","Version":"1.10.0","Dir":".terraform/modules/l.n/modules/sub"}]}'
)
"""As Terraform 1.11.4 wrote it, but for the repository's address."""


def tree(record: str, root: str = "") -> MemoryTree:
    return MemoryTree({f"{root}.terraform/modules/modules.json": record})


def test_reads_the_record_of_terraform() -> None:
    found = read_installed(tree(RECORD, "envs/prod/"), "envs/prod")
    assert {key: (module.directory, module.package) for key, module in found.items()} == {
        "a": ("envs/prod/.terraform/modules/a", "envs/prod/.terraform/modules/a"),
        "c": ("envs/prod/.terraform/modules/c/modules/sub", "envs/prod/.terraform/modules/c"),
        "l.n": ("envs/prod/.terraform/modules/l.n/modules/sub", "envs/prod/.terraform/modules/l.n"),
    }


@pytest.mark.parametrize(
    ("key", "source", "constraint", "fits"),
    [
        ("a", "ns/name/aws", "", True),
        ("a", "ns/name/aws", "~> 1.2", True),
        ("a", "ns/name/aws", "1.9.0", False),
        ("a", "ns/name/aws", "nonsense", False),
        ("a", "ns/name/aws//modules/sub", "", False),
        ("a", "example.com/ns/name/aws", "", False),
        ("c", "git::https://example.com/r//modules/sub?ref=v1", "", True),
        ("c", "git::https://example.com/r//modules/sub?ref=v2", "", False),
        ("l.n", "ns/name/aws//modules/sub", "1.10.0", True),
    ],
)
def test_fits_what_is_asked_for_now(key: str, source: str, constraint: str, fits: bool) -> None:
    assert read_installed(tree(RECORD), "")[key].fits(parse(source), constraint) is fits


@pytest.mark.parametrize(
    "directory", ["../x", "/etc", ".terraform/modules/../../x", ".terraform/modules", "..\\..\\x", "local", ""]
)
def test_directories_elsewhere_count_for_nothing(directory: str) -> None:
    record = json.dumps({"Modules": [{"Key": "a", "Source": "ns/name/aws", "Version": "1.0.0", "Dir": directory}]})
    assert read_installed(tree(record), "") == {}


@pytest.mark.parametrize("record", ["", "{", "[]", '{"Modules": 1}', '{"Modules": [1, {"Key": 1}, {}]}', "[" * 9999])
def test_a_damaged_record_counts_for_nothing(record: str) -> None:
    assert read_installed(tree(record), "") == {}


def test_no_record_is_nothing_installed() -> None:
    nothing: dict[str, Any] = {}
    assert read_installed(MemoryTree({"main.tf": ""}), "") == nothing
