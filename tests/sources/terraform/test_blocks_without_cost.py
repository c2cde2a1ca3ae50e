"""Blocks that make nothing: read without a word, or with the word that they deserve."""

from __future__ import annotations

from pathlib import Path

import pytest

from finops_gate.model import Loaded, Unknown
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree


def load(directory: Path, text: str, name: str = "main.tf") -> Loaded:
    (directory / name).write_text(text, encoding="utf-8")
    return terraform.load(WorkingTree(directory), [name], Settings(root=str(directory)))


@pytest.mark.parametrize(
    "block",
    [
        'import {\n to = aws_eip.a\n id = "eipalloc-1"\n}',
        'import {\n for_each = { k = "v" }\n to = aws_eip.b[each.key]\n id = each.value\n}',
        "removed {\n from = module.gone\n lifecycle { destroy = true }\n}",
        'check "c" {\n data "http" "h" { url = "https://example.org/${aws_eip.a.public_ip}" }\n'
        " assert {\n condition = data.http.h.status_code == 200\n error_message = data.http.h.url\n}\n}",
        'ephemeral "random_password" "p" { length = 16 }',
        'terraform {\n required_version = ">= 1.11"\n}',
        'resource "aws_eip" "c" {\n lifecycle {\n postcondition {\n condition = self.domain == "vpc"\n'
        ' error_message = self.id\n}\n}\n provisioner "local-exec" { command = self.id }\n}',
    ],
)
def test_nothing_is_said(block: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, f'resource "aws_eip" "a" {{}}\n{block}\n')
    assert loaded.notices == ()
    assert "aws_eip.a" in {r.address for r in loaded.resources}


def test_what_is_ephemeral_is_not_known(tmp_path: Path) -> None:
    password = 'ephemeral "random_password" "p" {}'
    use = 'resource "terraform_data" "r" { input = ephemeral.random_password.p.result }'
    (resource,) = load(tmp_path, f"{password}\n{use}").resources
    assert isinstance(resource.attributes["input"], Unknown)


def test_what_is_only_forgotten_is_said(tmp_path: Path) -> None:
    (notice,) = load(tmp_path, "removed {\n from = aws_eip.old\n lifecycle { destroy = false }\n}").notices
    assert (notice.code, notice.severity) == ("forgotten-resource", "info")
    assert "aws_eip.old" in notice.message


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("main.tf", 'resorce "aws_eip" "a" {}', 'did you mean "resource"?'),
        ("main.tf", "local { a = 1 }", 'did you mean "locals"?'),
        ("main.tf.json", '{"resources": {"aws_eip": {"a": {}}}}', 'did you mean "resource"?'),
    ],
)
def test_a_misspelt_block_is_not_lost_without_a_word(name: str, text: str, says: str, tmp_path: Path) -> None:
    notices = load(tmp_path, text, name).notices
    assert [(n.code, n.severity) for n in notices] == [("unknown-block", "error")]
    assert says in notices[0].message


def test_json_may_hold_comments(tmp_path: Path) -> None:
    text = '{"//": "a comment", "resource": {"aws_eip": {"a": {"//": "another"}}}}'
    loaded = load(tmp_path, text, "main.tf.json")
    assert [r.address for r in loaded.resources] == ["aws_eip.a"]
    assert loaded.notices == ()


@pytest.mark.parametrize(
    ("expression", "value"),
    [("path.module", "m"), ("path.root", "."), ("path.cwd", "."), ("basename(path.module)", "m")],
)
def test_paths_are_from_the_root_module(expression: str, value: str, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(f'resource "terraform_data" "r" {{ input = {expression} }}')
    (resource,) = load(tmp_path, 'module "m" { source = "./m" }').resources
    assert resource.attributes["input"] == value
