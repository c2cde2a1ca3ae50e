"""An `infracost.yml` as it is: what a team has already declared about its Terraform projects.

It counts where the settings declare no projects of their own. Paths are relative to the file, var files and excluded
paths to the project's path (https://www.infracost.io/docs/features/config_file/).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from finops_gate.expression import nearest
from finops_gate.model import Notice, Span
from finops_gate.settings import DeclaredProject, Settings
from finops_gate.settings_file import below, directory_of, find_settings
from finops_gate.sources.documents import Document, read_documents
from finops_gate.sources.files import Tree, Unreadable

NAMES = ("infracost.yml", "infracost.yaml")
TEMPLATES = ("infracost.yml.tmpl",)
VERSION = "0.1"

TEXT, TEXTS, MAPPING, FLAG, PROJECTS, AUTODETECT, IDLE, UNREAD = range(8)
"""What a key holds. `IDLE` keys are about how Infracost runs, `UNREAD` ones would change what is counted."""

_TOP = {"version": IDLE, "projects": PROJECTS, "autodetect": AUTODETECT, "terraform_source_map": UNREAD}
_PROJECT = {
    "path": TEXT,
    "name": TEXT,
    "terraform_workspace": TEXT,
    "usage_file": TEXT,
    "terraform_var_files": TEXTS,
    "exclude_paths": TEXTS,
    "terraform_vars": MAPPING,
    "env": MAPPING,
    "skip_autodetect": FLAG,
    "terraform_plan_flags": UNREAD,
    "terraform_use_state": UNREAD,
    "include_all_paths": UNREAD,
    "terragrunt_flags": UNREAD,
    **dict.fromkeys(
        (
            "config_sha",
            "dependency_paths",
            "metadata",
            "spacelift_api_key_endpoint",
            "spacelift_api_key_id",
            "spacelift_api_key_secret",
            "terraform_binary",
            "terraform_cloud_host",
            "terraform_cloud_org",
            "terraform_cloud_token",
            "terraform_cloud_workspace",
            "terraform_force_cli",
            "terraform_init_flags",
            "terraform_parse_hcl",
            "yor_config_path",
        ),
        IDLE,
    ),
}
_AUTODETECT = {
    "env_names": TEXTS,
    "exclude_dirs": TEXTS,
    "include_dirs": TEXTS,
    "force_project_type": UNREAD,
    "path_overrides": UNREAD,
    "prefer_folder_name_for_env": UNREAD,
    "terraform_var_file_extensions": UNREAD,
    "max_search_depth": IDLE,
}
_SHAPES: dict[int, tuple[type, str]] = {
    TEXT: (str, "a text"),
    TEXTS: (list, "a list of texts"),
    MAPPING: (dict, "a mapping"),
    FLAG: (bool, "true or false"),
    PROJECTS: (list, "a list of projects"),
    AUTODETECT: (dict, "a mapping"),
}


def with_infracost_config(settings: Settings, tree: Tree, target: str) -> Settings:
    """The settings with the projects of the `infracost.yml` nearest to a target, unless they declare their own."""
    if "projects" in settings.terraform:
        return settings
    path = find_settings(tree, target, NAMES)
    if not path:
        return replace(settings, notices=(*settings.notices, *_template(tree, target)))
    try:
        documents = read_documents(tree.read_text(path), path)
    except Unreadable as error:
        return replace(settings, notices=(*settings.notices, error.notice))
    config = Config(documents[0] if documents else Document(None), [])
    terraform = {**settings.terraform, **config.terraform(settings.terraform)}
    return replace(settings, terraform=terraform, notices=(*settings.notices, *config.notices))


def _template(tree: Tree, target: str) -> Iterator[Notice]:
    path = find_settings(tree, target, TEMPLATES)
    if path:
        message = f"{path} is a template, and there is no infracost.yml made of it: its projects are not known here"
        fix = "Declare `terraform: projects` in the settings, or commit the infracost.yml."
        yield Notice("infracost-template", "info", message, Span(path, 1, 1, 1, 1), fix)


@dataclass(frozen=True, slots=True)
class Config:
    """A file being read; what is wrong with it is added to `notices`."""

    document: Document
    notices: list[Notice]

    def terraform(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The Terraform settings that the file makes, added to those that are there."""
        self.notices.extend(self.document.notices)
        if self.document.broken or self.document.value is None:
            return {}
        if not isinstance(self.document.value, dict):
            self._say("error", "an infracost.yml is a mapping with `version` and `projects`", "")
            return {}
        top = self._checked(self.document.value, _TOP, "")
        if "version" in top and str(top["version"]) != VERSION:
            self._say("warning", f"version {top['version']} is read as {VERSION}", "version")
        directory = posixpath.dirname(self.document.path)
        made = self._autodetect(top.get("autodetect", {}), directory, before)
        projects = [self._project(item, f"projects[{i}]", directory) for i, item in enumerate(top.get("projects", ()))]
        made["projects"] = tuple(project for project in projects if project is not None)
        return made

    def _autodetect(self, value: Mapping[str, Any], directory: str, before: Mapping[str, Any]) -> dict[str, Any]:
        found = self._checked(value, _AUTODETECT, "autodetect")
        made: dict[str, Any] = {}
        for key, name in (("include_dirs", "include"), ("exclude_dirs", "exclude")):
            if key in found:
                made[name] = (*before.get(name, ()), *below(directory, found[key]))
        if "env_names" in found:
            made["env_names"] = tuple(found["env_names"])
        return made

    def _project(self, value: Any, at: str, directory: str) -> DeclaredProject | None:
        if not isinstance(value, dict) or not isinstance(value.get("path"), str):
            self._say("error", "a project needs a `path`", at)
            return None
        found = self._checked(value, _PROJECT, at)
        path = directory_of(directory, found["path"])
        usage = found.get("usage_file", "")
        return DeclaredProject(
            path=path,
            name=found.get("name", ""),
            var_files=below(path, found.get("terraform_var_files", ())),
            vars=found.get("terraform_vars", {}),
            workspace=found.get("terraform_workspace", ""),
            usage_file=below(directory, [usage])[0] if usage else "",
            exclude=below(path, found.get("exclude_paths", ())),
            environment=_variables(found.get("env", {})),
            recognise=not found.get("skip_autodetect", False),
            span=self.document.span(f"{at}.path"),
        )

    def _checked(self, value: Mapping[str, Any], known: Mapping[str, int], at: str) -> dict[str, Any]:
        """The keys that are known and hold what they should; a notice for each other one."""
        kept: dict[str, Any] = {}
        for key, item in value.items():
            place = f"{at}.{key}" if at else key
            kind = known.get(key)
            if kind is None:
                self._say("warning", f"there is no key `{key}` here{nearest(key, known)}", place, "unknown-key")
            elif kind == UNREAD:
                self._say("warning", f"`{key}` is not followed", place, "not-followed")
            elif _fits(item, kind):
                kept[key] = item
            elif item is not None:
                self._say("error", f"`{key}` is {_SHAPES[kind][1]}", place)
        return kept

    def _say(self, severity: Any, message: str, at: str, code: str = "invalid") -> None:
        span = self.document.key_spans.get(at) or self.document.span(at)
        self.notices.append(Notice(f"infracost-config-{code}", severity, message, span))


def _fits(value: Any, kind: int) -> bool:
    if kind == TEXTS:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return kind == IDLE or isinstance(value, _SHAPES[kind][0])


def _variables(environment: Mapping[str, Any]) -> dict[str, str]:
    """The values of Terraform variables among environment variables."""
    prefix = "TF_VAR_"
    return {n.removeprefix(prefix): v for n, v in environment.items() if n.startswith(prefix) and isinstance(v, str)}
