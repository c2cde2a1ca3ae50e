"""Tokens are found where Terraform finds them, in its order, and are never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finops_gate.sources.terraform.remote.credentials import find_credentials, variable_of

NATIVE = """
credentials "a.example" {
  token = "from-rc"
}
host "b.example" {
  services = { "modules.v1" = "https://b.example/m/" }
}
"""


def write(home: Path, name: str, text: str) -> Path:
    (home / name).parent.mkdir(parents=True, exist_ok=True)
    (home / name).write_text(text)
    return home / name


def as_json(host: str, token: str) -> str:
    return json.dumps({"credentials": {host: {"token": token}}})


@pytest.mark.parametrize(
    ("variable", "host"),
    [
        ("TF_TOKEN_app_terraform_io", "app.terraform.io"),
        ("TF_TOKEN_my__registry_example_com", "my-registry.example.com"),
        ("TF_TOKEN_xn____bcher__kva_example", "xn--bcher-kva.example"),
        ("TF_TOKEN_Example.COM", "example.com"),
        ("TF_TOKEN_example_com:8443", "example.com:8443"),
    ],
)
def test_variables_name_hosts_as_terraform_mangles_them(variable: str, host: str, tmp_path: Path) -> None:
    assert find_credentials({variable: "secret"}, tmp_path).tokens == {host: "secret"}


def test_the_variable_that_is_proposed_is_the_one_that_is_read(tmp_path: Path) -> None:
    found = find_credentials({variable_of("my-registry.example.com"): "secret"}, tmp_path)
    assert found.tokens == {"my-registry.example.com": "secret"}


def test_the_variable_wins_over_the_configuration_and_that_over_the_login(tmp_path: Path) -> None:
    write(tmp_path, ".terraform.d/credentials.tfrc.json", as_json("a.example", "from-login"))
    assert find_credentials({}, tmp_path).tokens == {"a.example": "from-login"}
    write(tmp_path, ".terraformrc", NATIVE)
    assert find_credentials({}, tmp_path).tokens == {"a.example": "from-rc"}
    assert find_credentials({"TF_TOKEN_a_example": "from-variable"}, tmp_path).tokens == {"a.example": "from-variable"}


def test_a_named_configuration_stands_instead_of_the_usual_one(tmp_path: Path) -> None:
    write(tmp_path, ".terraformrc", NATIVE)
    named = write(tmp_path, "ci.tfrc.json", as_json("c.example", "named"))
    assert find_credentials({"TF_CLI_CONFIG_FILE": str(named)}, tmp_path).tokens == {"c.example": "named"}


def test_hosts_may_say_where_their_registry_is(tmp_path: Path) -> None:
    write(tmp_path, ".terraformrc", NATIVE)
    assert find_credentials({}, tmp_path).services == {"b.example": "https://b.example/m/"}


def test_nothing_of_it_is_shown(tmp_path: Path) -> None:
    found = find_credentials({"TF_TOKEN_a_example": "hunter2"}, tmp_path)
    assert "hunter2" not in repr(found) + str(found)


@pytest.mark.parametrize(
    "text", ["credentials {", "credentials = 1", '{"credentials": []}', '{"credentials": {"a.example": 1}}', "[" * 9999]
)
@pytest.mark.parametrize("name", [".terraformrc", ".terraform.d/credentials.tfrc.json"])
def test_a_file_that_is_no_configuration_says_nothing(text: str, name: str, tmp_path: Path) -> None:
    write(tmp_path, name, text)
    assert find_credentials({"TF_TOKEN_": "x", "TF_TOKEN_empty_example": ""}, tmp_path).tokens == {}
