"""`terraform plan` itself, where it is on the machine: the same addresses and the same values."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Unknown
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree

if shutil.which("terraform") is None:
    pytest.skip("there is no terraform on this machine", allow_module_level=True)

CASES: dict[str, dict[str, str]] = {
    "instances": {
        "main.tf": """
        variable "names" {
          type    = list(string)
          default = ["b", "a"]
        }
        resource "terraform_data" "counted" {
          count = length(var.names)
          input = "${var.names[count.index]}-${count.index}"
        }
        resource "terraform_data" "keyed" {
          for_each = { for i, n in var.names : upper(n) => { index = i, "odd" = i % 2 == 1 } }
          input    = merge(each.value, { key = each.key, first = terraform_data.counted[0].input })
        }
        resource "terraform_data" "strange" {
          for_each = toset(["a\\"b", "c\\\\d", "é", "$${x}", "%%{y}", "n\\nl"])
          input    = each.value
        }
        resource "terraform_data" "splat" {
          input = [terraform_data.counted[*].input, values(terraform_data.keyed)[*].input.index]
        }
        """
    },
    "modules": {
        "main.tf": """
        module "outer" {
          source   = "./outer"
          for_each = toset(["x", "y"])
          name     = each.key
          settings = { size = "12" }
        }
        resource "terraform_data" "all" {
          input = { for name, m in module.outer : name => m.sizes }
        }
        """,
        "outer/main.tf": """
        variable "name" { type = string }
        variable "settings" {
          type = object({ size = number, tags = optional(map(string), { a = 1 }), note = optional(string) })
        }
        module "inner" {
          source = "../inner"
          count  = 2
          size   = var.settings.size + count.index
        }
        resource "terraform_data" "settings" { input = var.settings }
        resource "terraform_data" "paths" { input = [path.module, path.root, terraform.workspace] }
        output "sizes" { value = module.inner[*].size }
        """,
        "inner/main.tf": """
        variable "size" {}
        resource "terraform_data" "x" { input = var.size }
        output "size" { value = terraform_data.x.input * 2 }
        """,
    },
    "unknowns": {
        "main.tf": """
        resource "terraform_data" "id" {}
        resource "terraform_data" "uses" {
          input = {
            id     = terraform_data.id.id
            text   = "x-${terraform_data.id.id}"
            number = 4
            list   = [1, terraform_data.id.id]
            length = length([terraform_data.id.id, "b"])
          }
        }
        """
    },
}


def plan(directory: Path) -> dict[str, Any]:
    """The planned resources, by address: `input`, and what of it is not known."""
    (directory / "rc").write_text("")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(directory / "rc"), "CHECKPOINT_DISABLE": "1"}

    def run(*arguments: str) -> str:
        command = ["terraform", *arguments]
        return subprocess.run(
            command, cwd=directory, env=environment, check=True, capture_output=True, text=True
        ).stdout

    run("init", "-input=false")
    run("plan", "-input=false", "-out=plan.bin")
    changes = json.loads(run("show", "-json", "plan.bin"))["resource_changes"]
    return {
        c["address"]: (c["change"]["after"].get("input"), c["change"]["after_unknown"].get("input")) for c in changes
    }


def same(ours: Any, theirs: Any, unknown: Any) -> bool:
    if unknown is True:
        return isinstance(ours, Unknown)
    if isinstance(theirs, dict) or isinstance(unknown, dict):
        names = {*(theirs or {}), *(unknown or {})}
        marks = unknown if isinstance(unknown, dict) else {}
        return isinstance(ours, dict) and all(same(ours.get(n), (theirs or {}).get(n), marks.get(n)) for n in names)
    if isinstance(theirs, list):
        marks = unknown if isinstance(unknown, list) else [None] * len(theirs)
        return isinstance(ours, list) and all(same(o, t, u) for o, t, u in zip(ours, theirs, marks, strict=True))
    if isinstance(theirs, int | float) and not isinstance(theirs, bool):
        return isinstance(ours, Decimal) and ours == Decimal(repr(theirs))
    return type(ours) is type(theirs) and ours == theirs


@pytest.mark.parametrize("name", CASES)
def test_terraform_plans_the_same(name: str, tmp_path: Path) -> None:
    for path, text in CASES[name].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    tree = WorkingTree(tmp_path)
    paths = [path for path in tree.paths() if terraform.matches(path)]
    loaded = terraform.load(tree, paths, Settings(root=str(tmp_path)))
    ours = {resource.address: resource.attributes.get("input") for resource in loaded.resources}
    theirs = plan(tmp_path)
    assert set(ours) == set(theirs)
    assert {a: ours[a] for a, (value, unknown) in theirs.items() if not same(ours[a], value, unknown)} == {}
