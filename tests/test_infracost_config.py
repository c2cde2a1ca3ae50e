"""An `infracost.yml` as it is. The first is the shape of the documentation's example of several projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from finops_gate.infracost_config import with_infracost_config
from finops_gate.settings import DeclaredProject, Settings
from finops_gate.sources.files import WorkingTree


def read(tmp_path: Path, text: str, path: str = "infracost.yml", target: str = "", **terraform: object) -> Settings:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, encoding="utf-8")
    return with_infracost_config(Settings(terraform=terraform), WorkingTree(tmp_path), target)


def said(settings: Settings) -> list[tuple[str, str, int]]:
    return [(n.severity, n.message, n.span.line if n.span else 0) for n in settings.notices]


PROJECTS = """\
version: 0.1
projects:
  - path: infra
    name: shop-prod
    terraform_var_files: [envs/prod.tfvars, ../shared.tfvars]
    terraform_vars: {size: 3}
    terraform_workspace: prod
    usage_file: usage/prod.yml
    exclude_paths: [old, "*/old"]
    env: {TF_VAR_key: k, AWS_REGION: eu-west-1}
    dependency_paths: [modules/**]
  - path: .
    skip_autodetect: true
"""


def test_projects_with_their_paths_relative_to_the_root(tmp_path: Path) -> None:
    settings = read(tmp_path, PROJECTS, "team/infracost.yml", "team/infra")
    first, second = settings.terraform["projects"]
    assert str(first.span) == "team/infracost.yml:3:11"
    assert first == DeclaredProject(
        path="team/infra",
        name="shop-prod",
        var_files=("team/infra/envs/prod.tfvars", "team/shared.tfvars"),
        vars={"size": 3},
        workspace="prod",
        usage_file="team/usage/prod.yml",
        exclude=("team/infra/old", "team/infra/*/old"),
        environment={"key": "k"},
        span=first.span,
    )
    assert (second.path, second.recognise) == ("team", False)
    assert said(settings) == []


def test_the_settings_projects_go_before(tmp_path: Path) -> None:
    own = (DeclaredProject("infra"),)
    assert read(tmp_path, PROJECTS, projects=own).terraform == {"projects": own}


def test_autodetect_adds_to_the_settings(tmp_path: Path) -> None:
    text = "version: 0.1\nautodetect:\n  exclude_dirs: [legacy]\n  include_dirs: [examples/a]\n  env_names: [qual]\n"
    settings = read(tmp_path, text, exclude=("old",))
    assert settings.terraform == {
        "exclude": ("old", "legacy"),
        "include": ("examples/a",),
        "env_names": ("qual",),
        "projects": (),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "version: 0.1\nprojects:\n  - path: a\n    terraform_var_file: x\n",
            ("warning", "there is no key `terraform_var_file` here; did you mean `terraform_var_files`?", 4),
        ),
        ("projets: []\n", ("warning", "there is no key `projets` here; did you mean `projects`?", 1)),
        ("version: 0.2\n", ("warning", "version 0.2 is read as 0.1", 1)),
        ("projects:\n  - name: a\n", ("error", "a project needs a `path`", 2)),
        ("projects: {path: a}\n", ("error", "`projects` is a list of projects", 1)),
        (
            "projects:\n  - path: a\n    terraform_plan_flags: -var-file=x\n",
            ("warning", "`terraform_plan_flags` is not followed", 3),
        ),
        (
            "projects:\n  - path: a\n    terraform_var_files: x\n",
            ("error", "`terraform_var_files` is a list of texts", 3),
        ),
        ("- a\n", ("error", "an infracost.yml is a mapping with `version` and `projects`", 1)),
    ],
)
def test_what_is_wrong_is_said_at_its_line(tmp_path: Path, text: str, expected: tuple[str, str, int]) -> None:
    assert said(read(tmp_path, text)) == [expected]


def test_broken_yaml_is_an_error_and_a_template_is_said(tmp_path: Path) -> None:
    ((severity, _, line),) = said(read(tmp_path, "projects: [\n"))
    assert (severity, line) == ("error", 2)
    ((severity, message, _),) = said(read(tmp_path / "b", "{{ range }}", "infracost.yml.tmpl"))
    assert severity == "info"
    assert message.startswith("infracost.yml.tmpl is a template")
