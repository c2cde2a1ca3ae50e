from __future__ import annotations

from pathlib import Path

import pytest

from finops_gate.errors import ConfigurationError
from finops_gate.settings import DeclaredProject
from finops_gate.settings_file import find_settings, load_settings
from finops_gate.sources.files import WorkingTree


def tree(tmp_path: Path, **files: str) -> WorkingTree:
    for name, content in files.items():
        path = tmp_path / name.replace("__", "/").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return WorkingTree(tmp_path)


def test_the_nearest_settings_upwards_hold(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".finops-gate.yaml").write_text("version: 1\n")
    (tmp_path / "a" / ".finops-gate.yml").write_text("version: 1\n")
    found = WorkingTree(tmp_path)
    assert find_settings(found, "a/b/main.tf") == "a/.finops-gate.yml"
    assert find_settings(found, "c") == ".finops-gate.yaml"
    assert find_settings(WorkingTree(tmp_path / "a" / "b"), "") == ""


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = "environments: {prod: [envs/prod/**]}\nexclude: [../old]\nusage_file: usage.yml\npolicy_paths: [rules]\n"
    settings = load_settings(tree(tmp_path, shop__s_yaml=text), "shop/s.yaml")
    assert settings.environments == {"prod": ("shop/envs/prod/**",)}
    assert settings.exclude == ("old",)
    assert settings.usage_file == "shop/usage.yml"
    assert settings.policy_paths == ("shop/rules",)


def test_declared_projects_have_their_place_and_paths_from_the_root(tmp_path: Path) -> None:
    text = (
        "terraform:\n"
        "  include: [examples/a]\n"
        "  exclude: [../old]\n"
        "  projects:\n"
        "    - {path: ., name: shop, env: prod, var_files: [prod.tfvars], vars: {n: 3}, usage_file: u.yml}\n"
        "    - path: ..\n"
        "      workspace: live\n"
    )
    found = load_settings(tree(tmp_path, shop__s_yaml=text), "shop/s.yaml").terraform
    first, second = found.pop("projects")
    assert found == {"include": ("shop/examples/a",), "exclude": ("old",)}
    assert first == DeclaredProject(
        "shop", "shop", "prod", ("shop/prod.tfvars",), {"n": 3}, usage_file="shop/u.yml", span=first.span
    )
    assert (second.path, second.workspace, str(second.span)) == ("", "live", "shop/s.yaml:6:7")


BROKEN = [
    ("terraform:\n  projects:\n    - {name: a}\n", "s.yaml:3:", "`path` is missing"),
    ("terraform:\n  projects:\n    - {path: a, var_file: b}\n", "s.yaml:3:", "did you mean `var_files`"),
    ("version: 1\nenviroments: {}\n", "s.yaml:2:1", "did you mean `environments`"),
    ("version: 2\n", "s.yaml:1:1", "1 was expected"),
    ("kubernetes:\n  nodse: 3\n", "s.yaml:2:3", "did you mean `nodes`"),
    ("policies:\n  x: {level: fial}\n", "s.yaml:2:", "did you mean `fail`"),
    ("ci: {minutes: many}\n", "s.yaml:1:", "not of type 'number'"),
    ("currency:\n  code: EUR\n  rate: 0\n  as_of: 2026-11-01\n", "s.yaml:3:", "more than 0"),
    ("currency:\n  code: USD\n  rate: 2\n  as_of: 2026-11-01\n", "s.yaml:3:", "one US dollar"),
    ("currency: {code: EUR, as_of: 2026-11-01}\n", "s.yaml:1:", "`rate` is missing"),
    ("currency: {code: EUR, rate: 0.9e9, as_of: soon}\n", "s.yaml:1:", "soon"),
    ("version: 1\nversion: 1\n", "s.yaml:2:1", "version"),
    ("- 1\n", "s.yaml:1:1", "mapping"),
    ("a: [\n", "s.yaml:", ""),
]


@pytest.mark.parametrize(("text", "place", "words"), BROKEN, ids=[b[0][:24] for b in BROKEN])
def test_what_is_wrong_is_said_at_its_place(tmp_path: Path, text: str, place: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tree(tmp_path, s_yaml=text), "s.yaml")
    assert place in str(caught.value)
    assert words in str(caught.value)


def test_no_settings_are_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tree(tmp_path), "").environments == {}
