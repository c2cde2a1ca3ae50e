"""What modules say of the values they are given. The messages' conditions are Terraform's own examples, or as short."""

from __future__ import annotations

from pathlib import Path

import pytest

from finops_gate.model import Notice
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree


def notices(tmp_path: Path, files: dict[str, str]) -> list[Notice]:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    tree = WorkingTree(tmp_path)
    return list(terraform.load(tree, [p for p in tree.paths() if terraform.matches(p)], Settings()).notices)


def variable(name: str, condition: str, message: str, more: str = "") -> str:
    rule = f'  validation {{\n    condition = {condition}\n    error_message = "{message}"\n  }}\n'
    return f'variable "{name}" {{\n{more}\n{rule}}}\n'


SIZE = variable("size", 'startswith(var.size, "m")', "It is ${var.size}.")


def test_a_value_that_a_validation_refuses_is_said_where_it_is_given(tmp_path: Path) -> None:
    (found,) = notices(tmp_path, {"main.tf": SIZE, "terraform.tfvars": 'size = "t3.micro"\n'})
    assert (found.code, found.severity, found.message) == ("validation-failed", "info", "var.size: It is t3.micro.")
    assert str(found.span) == "terraform.tfvars:1:8"


@pytest.mark.parametrize("values", ['size = "m5.large"\n', ""])
def test_what_holds_or_is_not_known_is_not_said(tmp_path: Path, values: str) -> None:
    assert notices(tmp_path, {"main.tf": SIZE, "terraform.tfvars": values}) == []


def test_a_default_that_is_refused_is_said_at_the_condition(tmp_path: Path) -> None:
    (found,) = notices(tmp_path, {"main.tf": variable("n", "var.n > 3", "Too few.", "  default = 1")})
    assert (found.message, str(found.span)) == ("var.n: Too few.", "main.tf:4:17")


def test_every_instance_of_a_module_is_asked_and_may_look_at_other_variables(tmp_path: Path) -> None:
    rule = variable("n", "var.n < var.most", "At most ${var.most}.") + 'variable "most" { default = 2 }\n'
    call = 'module "m" {\n  source = "./m"\n  for_each = { a = 1, b = 9 }\n  n = each.value\n}\n'
    (found,) = notices(tmp_path, {"main.tf": call, "m/main.tf": rule})
    assert (found.message, str(found.span)) == ('module.m["b"].var.n: At most 2.', "main.tf:4:7")


def test_a_secret_is_not_in_the_message(tmp_path: Path) -> None:
    secret = variable("key", "length(var.key) > 9", "${var.key} is short.", '  sensitive = true\n  default = "hush"')
    (found,) = notices(tmp_path, {"main.tf": secret})
    assert found.message == "var.key: the value does not pass its validation"


def test_a_validation_that_fails_by_itself_is_said(tmp_path: Path) -> None:
    (found,) = notices(tmp_path, {"main.tf": variable("n", "var.n.a > 1", "No.", "  default = 1")})
    assert found.message.startswith("var.n: its validation cannot be evaluated: ")


def test_an_argument_that_a_module_does_not_take_is_said_with_the_nearest(tmp_path: Path) -> None:
    call = 'module "m" {\n  source = "./m"\n  count = 2\n  sise = 1\n}\n'
    (found,) = notices(tmp_path, {"main.tf": call, "m/main.tf": 'variable "size" { default = 1 }\n'})
    assert found.message == 'module.m has no variable "sise"; did you mean `size`?'
    assert (found.severity, str(found.span)) == ("warning", "main.tf:4:3")


def test_null_for_a_variable_that_takes_none_is_an_error_unless_it_has_a_default(tmp_path: Path) -> None:
    files = {"main.tf": 'variable "n" {\n  nullable = false\n}\nlocals { n = var.n }\noutput "n" { value = local.n }\n'}
    resource = 'resource "x_y" "z" { n = var.n }\n'
    (found,) = notices(tmp_path, {"main.tf": files["main.tf"] + resource, "terraform.tfvars": "n = null\n"})
    assert (found.severity, found.message) == ("error", "var.n: null is given, which it does not take")
