"""Which roots are evaluated, with which values, under which name and environment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Loaded
from finops_gate.settings import DeclaredProject, Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree

Load = Callable[..., Loaded]

ROOT = """
provider "aws" {}
variable "size" { default = "default" }
variable "zone" { default = "default" }
resource "x_y" "z" {
  size = var.size
  zone = var.zone
}
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads files given as text by path; `targets` and `environments` are settings, the rest is Terraform's."""

    def run(files: dict[str, str], **settings: Any) -> Loaded:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        tree = WorkingTree(tmp_path)
        around = {name: settings.pop(name) for name in ("targets", "environments") if name in settings}
        paths = [p for t in around.get("targets", ("",)) for p in tree.paths(t) if terraform.matches(p)]
        return terraform.load(tree, paths, Settings(root=str(tmp_path), terraform=settings, **around))

    return run


def sizes(loaded: Loaded) -> dict[tuple[str, str | None], Any]:
    """(project, environment) -> the size of its one resource."""
    return {(r.project, r.env): r.attributes["size"] for r in loaded.resources}


def said(loaded: Loaded, code: str) -> list[str]:
    return [notice.message for notice in loaded.notices if notice.code == code]


def tfvars(size: str) -> str:
    return f'size = "{size}"\n'


@pytest.mark.parametrize(
    ("dev", "prod"),
    [
        ("infra/dev.tfvars", "infra/prod.tfvars"),
        ("infra/envs/dev.tfvars", "infra/envs/prod.tfvars"),
        ("infra/dev/terraform.tfvars", "infra/prod/terraform.tfvars"),
        ("infra/environments/dev/terraform.tfvars", "infra/environments/prod/terraform.tfvars"),
        ("infra/network-dev.tfvars", "infra/network-prod.tfvars"),
        ("infra/vars/dev.auto.tfvars", "infra/vars/prod.auto.tfvars"),
        ("envs/dev.tfvars", "envs/prod.tfvars"),
        ("environments/dev/vars.tfvars", "environments/prod/vars.tfvars"),
    ],
)
def test_each_environment_of_a_root_is_a_project(load: Load, dev: str, prod: str) -> None:
    loaded = load({"infra/main.tf": ROOT, dev: tfvars("small"), prod: tfvars("large")})
    assert sizes(loaded) == {("infra (dev)", "dev"): "small", ("infra (prod)", "prod"): "large"}
    assert [r.address for r in loaded.resources] == ["x_y.z", "x_y.z"]
    assert "dev" in said(loaded, "environments-recognised")[0]


def test_json_and_the_root_of_the_repository(load: Load) -> None:
    loaded = load({"main.tf": ROOT, "config/production.tfvars.json": '{"size": "large"}'})
    assert sizes(loaded) == {(". (production)", "prod"): "large"}


def test_the_values_of_an_environment_go_before_those_that_terraform_reads_unasked(load: Load) -> None:
    variables = [*"abcdefg"]
    code = "".join(f'variable "{v}" {{ default = "default" }}\n' for v in variables)
    body = "\n".join(f"{v} = var.{v}" for v in variables)

    def given(source: str, names: str) -> str:
        return "".join(f'{name} = "{source}"\n' for name in names)

    loaded = load(
        {
            "main.tf": f'{code}resource "x_y" "z" {{\n{body}\n}}',
            "terraform.tfvars": given("tfvars", "cdefg"),
            "terraform.tfvars.json": '{"d": "json", "e": "json", "f": "json", "g": "json"}',
            "x.auto.tfvars": given("auto", "efg"),
            "prod.tfvars": given("prod", "fg"),
        },
        environment=dict.fromkeys("bcdefg", "env"),
        command_line={"vars": {"g": "var"}},
    )
    (resource,) = loaded.resources
    assert list(resource.attributes.values()) == ["default", "env", "tfvars", "json", "auto", "prod", "var"]


@pytest.mark.parametrize("named", [{"var_files": ["my.tfvars"]}, {"command_line": {"var_files": ["my.tfvars"]}}])
def test_files_named_explicitly_switch_recognition_off(load: Load, named: dict[str, Any]) -> None:
    loaded = load({"main.tf": ROOT, "prod.tfvars": tfvars("large"), "my.tfvars": tfvars("mine")}, **named)
    assert sizes(loaded) == {("", None): "mine"}


def test_files_of_an_environment_complement_each_other_or_are_alternatives(load: Load) -> None:
    files = {"main.tf": ROOT, "prod/size.tfvars": tfvars("large"), "prod/zone.tfvars": 'zone = "a"\n'}
    (together,) = load(files).resources
    assert (together.project, together.attributes) == (". (prod)", {"size": "large", "zone": "a"})
    both = load({**files, "prod/zone.tfvars": tfvars("huge")})
    assert sizes(both) == {(". (prod size)", "prod"): "large", (". (prod zone)", "prod"): "huge"}


def test_what_environments_have_in_common_is_read_first(load: Load) -> None:
    loaded = load(
        {
            "main.tf": ROOT,
            "envs/common.tfvars": 'size = "medium"\nzone = "a"\n',
            "envs/dev.tfvars": 'zone = "b"\n',
            "envs/prod.tfvars": tfvars("large"),
        }
    )
    assert [tuple(r.attributes.values()) for r in loaded.resources] == [("medium", "b"), ("large", "a")]


@pytest.mark.parametrize(
    "path", ["my.tfvars", "secrets.tfvars", "delivery.tfvars", "modules/web/prod.tfvars", "other/prod.tfvars"]
)
def test_files_of_no_environment_are_left_alone(load: Load, path: str) -> None:
    module = 'variable "n" {}\nresource "x_y" "m" { n = var.n }\n'
    values = "n = 1\n" if "/" in path else tfvars("large")
    loaded = load({"main.tf": ROOT, "modules/web/main.tf": module, path: values})
    assert sizes(loaded) == {("", None): "default"}


def test_files_that_would_give_what_nothing_gives_are_named(load: Load) -> None:
    files = {
        "main.tf": 'variable "n" {}\nresource "x_y" "z" { size = var.n }\n',
        "eu.tfvars": "n = 1",
        "us.tfvars": "n = 2",
    }
    assert said(load(files), "var-files-not-read") == [
        ".: nothing gives var.n, but files that are not read do: eu.tfvars, us.tfvars"
    ]
    assert not said(load(files, vars={"n": 1}), "var-files-not-read")
    assert not said(load({**files, "x.auto.tfvars": "n = 1"}), "var-files-not-read")


def test_a_stranger_cannot_have_a_root_evaluated_any_number_of_times(load: Load) -> None:
    loaded = load({"main.tf": ROOT, **{f"envs/e{i:04}.tfvars": tfvars("s") for i in range(101)}})
    assert len(loaded.resources) == 100
    assert [n.severity for n in loaded.notices if n.code == "too-many-environments"] == ["error"]


def test_a_directory_that_names_the_environment_needs_no_second_name(load: Load) -> None:
    loaded = load({"envs/prod/main.tf": ROOT, "envs/prod/prod.tfvars": tfvars("large")})
    assert sizes(loaded) == {("envs/prod", "prod"): "large"}


def test_shared_values_go_to_every_root_that_declares_what_they_set(load: Load) -> None:
    other = ROOT.replace('variable "size"', 'variable "other"').replace("var.size", '"none"')
    loaded = load({"a/main.tf": ROOT, "b/main.tf": ROOT, "c/main.tf": other, "envs/prod.tfvars": tfvars("large")})
    assert sizes(loaded) == {("a (prod)", "prod"): "large", ("b (prod)", "prod"): "large", ("c", None): "none"}
    assert not said(loaded, "undeclared-variable")


def test_the_settings_name_environments_by_their_paths(load: Load) -> None:
    globs = {"blue": ["infra/blue.tfvars"], "live": ["infra/prod*"]}
    files = {"infra/main.tf": ROOT, "infra/blue.tfvars": tfvars("b"), "infra/prod.tfvars": tfvars("p")}
    assert sizes(load(files, environments=globs)) == {("infra (blue)", "blue"): "b", ("infra (prod)", "live"): "p"}


def test_names_that_no_variable_has_are_said(load: Load) -> None:
    loaded = load({"main.tf": ROOT, "envs/prod.tfvars": 'size = "l"\nzoen = "a"\n'})
    assert said(loaded, "undeclared-variable") == [
        '"zoen" is given a value, but no variable of that name is declared; did you mean `zone`?'
    ]


# --- workspaces ------------------------------------------------------------------------------------------------------

WORKSPACE = 'provider "aws" {}\nvariable "n" { default = 1 }\nresource "x_y" "z" { size = terraform.workspace }\n'


def test_the_workspace_is_what_is_said_and_else_the_default(load: Load) -> None:
    files = {"main.tf": WORKSPACE}
    assert sizes(load(files)) == {("", None): "default"}
    assert sizes(load(files, workspace="a")) == {("", None): "a"}
    assert sizes(load(files, workspace="a", command_line={"workspace": "b"})) == {("", None): "b"}


def test_the_workspace_of_an_environment_is_taken_for_its_name_and_that_is_said(load: Load) -> None:
    files = {"main.tf": WORKSPACE, "dev.tfvars": "n = 1", "prod.tfvars": "n = 2"}
    loaded = load(files)
    assert sizes(loaded) == {(". (dev)", "dev"): "dev", (". (prod)", "prod"): "prod"}
    assert len(said(loaded, "workspace-assumed")) == 1
    assert sizes(load(files, workspace="prod")) == {(". (prod)", "prod"): "prod"}


# --- roots -----------------------------------------------------------------------------------------------------------

EXAMPLE = 'module "it" {\n  source = "../.."\n}\n'
MODULE = 'variable "size" {}\nresource "x_y" "z" { size = 1 }\n'
REPOSITORY = {"main.tf": MODULE, "examples/a/main.tf": EXAMPLE, "examples/b/main.tf": EXAMPLE}


def projects(loaded: Loaded) -> list[str]:
    return [resource.project for resource in loaded.resources]


def test_the_examples_of_a_module_are_not_summed(load: Load) -> None:
    loaded = load(REPOSITORY)
    assert projects(loaded) == [""]
    assert said(loaded, "directories-left-out") == ["examples and tests are not in the totals: examples/a, examples/b"]


@pytest.mark.parametrize("how", [{"targets": ("examples/a",)}, {"targets": ("", "examples/a")}])
def test_an_example_that_is_named_counts(load: Load, how: dict[str, Any]) -> None:
    assert "examples/a" in projects(load(REPOSITORY, **how))
    assert "examples/b" not in projects(load(REPOSITORY, **how))


def test_include_and_exclude(load: Load) -> None:
    assert projects(load(REPOSITORY, include=["examples/**"])) == ["", "examples/a", "examples/b"]
    assert projects(load(REPOSITORY, include=["examples/b"])) == ["", "examples/b"]
    assert projects(load(REPOSITORY, exclude=["."])) == ["examples/a", "examples/b"]
    assert projects(load(REPOSITORY, exclude=[".", "examples/a/**"])) == ["examples/b"]


def test_examples_alone_are_roots_and_tests_of_a_module_are_not(load: Load) -> None:
    alone = {"examples/a/main.tf": ROOT, "examples/b/main.tf": ROOT}
    assert projects(load(alone)) == ["examples/a", "examples/b"]
    tested = {"main.tf": MODULE, "tests/a/main.tf": EXAMPLE}
    assert projects(load(tested)) == [""]


def test_an_environment_called_test_is_a_root(load: Load) -> None:
    call = 'provider "aws" {}\nmodule "m" {\n  source = "../../modules/m"\n  size = 1\n}\n'
    files = {"modules/m/main.tf": MODULE, "test/app/main.tf": call, "prod/app/main.tf": call}
    assert projects(load(files)) == ["prod/app", "test/app"]


def test_modules_nobody_calls_are_left_out_where_there_are_roots(load: Load) -> None:
    loaded = load({"infra/main.tf": ROOT, "modules/a/main.tf": MODULE, "lib/b/main.tf": MODULE})
    assert projects(loaded) == ["infra"]
    assert sorted(said(loaded, "directories-left-out")) == [
        "directories without a provider that take variables nobody gives are not in the totals: lib/b",
        "modules that nothing calls are not in the totals: modules/a",
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"lib/b/backend.tf": 'terraform {\n  backend "s3" {}\n}\n'},
        {"lib/b/backend.tf": "terraform {\n  cloud {}\n}\n"},
        {"lib/b/.terraform.lock.hcl": ""},
        {"lib/b/terraform.tfvars": "size = 1\n"},
    ],
)
def test_a_backend_a_lock_or_values_make_a_root(load: Load, more: dict[str, str]) -> None:
    assert projects(load({"infra/main.tf": ROOT, "lib/b/main.tf": MODULE, **more})) == ["infra", "lib/b"]


def test_a_directory_that_makes_nothing_hides_no_others(load: Load) -> None:
    assert projects(load({"versions.tf": "terraform {}\n", "modules/a/main.tf": MODULE})) == ["modules/a"]


# --- declared --------------------------------------------------------------------------------------------------------

INFRA = {"infra/main.tf": ROOT, "infra/prod.tfvars": tfvars("large"), "infra/my.tfvars": tfvars("mine")}


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        (DeclaredProject("infra"), {("infra (prod)", "prod"): "large"}),
        (DeclaredProject("infra", recognise=False), {("infra", None): "default"}),
        (DeclaredProject("infra", name="shop"), {("shop (prod)", "prod"): "large"}),
        (DeclaredProject("infra", env="prod"), {("infra (prod)", "prod"): "large"}),
        (DeclaredProject("infra", name="shop", env="prod"), {("shop", "prod"): "large"}),
        (DeclaredProject("infra", env="dev"), {("infra (dev)", "dev"): "default"}),
        (DeclaredProject("infra", var_files=["infra/my.tfvars"]), {("infra", None): "mine"}),
        (DeclaredProject("infra", var_files=["infra/prod.tfvars"]), {("infra (prod)", "prod"): "large"}),
        (DeclaredProject("infra", vars={"size": "v"}, env="production"), {("infra (prod)", "prod"): "v"}),
        (DeclaredProject("infra", name="shop-live", var_files=["infra/my.tfvars"]), {("shop-live", "prod"): "mine"}),
        (DeclaredProject("infra", environment={"size": "e"}, recognise=False), {("infra", None): "e"}),
        (DeclaredProject("", name="all", recognise=False), {("all", None): "default"}),
    ],
)
def test_a_declared_project(load: Load, project: DeclaredProject, expected: dict[Any, str]) -> None:
    assert sizes(load({**INFRA, "other/readme.md": ""}, projects=(project,))) == expected


def test_declared_projects_are_all_there_is(load: Load) -> None:
    files = {**INFRA, "other/main.tf": ROOT}
    declared = (DeclaredProject("infra", vars={"size": "a"}), DeclaredProject("infra", workspace="w"))
    assert projects(load(files, projects=declared)) == ["infra (prod)", "infra (w)"]
    assert projects(load(files, projects=declared, targets=("other",))) == ["other"]
    assert projects(load(files, projects=declared, targets=("infra", "other")))[-1] == "other"


def test_projects_of_one_name_are_told_apart(load: Load) -> None:
    twice = (
        DeclaredProject("infra", name="shop", var_files=["infra/my.tfvars"]),
        DeclaredProject("infra", name="shop"),
    )
    assert projects(load(INFRA, projects=(*twice, twice[0]))) == ["shop (my)", "shop (my) #2", "shop (prod)"]


def test_a_declared_project_that_is_not_there_is_an_error(load: Load) -> None:
    loaded = load(INFRA, projects=(DeclaredProject("infra"), DeclaredProject("gone")))
    assert said(loaded, "project-not-found") == ["the project gone holds no Terraform code"]
    assert not said(load(INFRA, projects=(DeclaredProject("gone"),), targets=("infra",)), "project-not-found")


def test_a_declared_path_without_code_stands_for_the_roots_below_it(load: Load) -> None:
    files = {"live/a/main.tf": ROOT, "live/b/main.tf": ROOT, "live/old/main.tf": ROOT, "else/main.tf": ROOT}
    project = DeclaredProject("live", name="all", exclude=("live/old",))
    assert projects(load(files, projects=(project,))) == ["all/a", "all/b"]


def test_a_declared_plan_has_its_name_environment_and_usage(load: Load) -> None:
    values = {"address": "x_y.z", "mode": "managed", "type": "x_y", "name": "z", "values": {"size": "planned"}}
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": [values]}}}
    project = DeclaredProject("live/plan.json", name="shop", env="production", usage_file="usage.yml")
    loaded = load({"live/plan.json": json.dumps(plan), **INFRA}, projects=(project, DeclaredProject("infra")))
    assert sizes(loaded) == {("shop", "prod"): "planned", ("infra (prod)", "prod"): "large"}
    assert [r.usage_file for r in loaded.resources if r.project == "shop"] == ["usage.yml"]
    assert not said(loaded, "project-not-found")
