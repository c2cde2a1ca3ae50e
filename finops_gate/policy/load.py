"""Loads policies: those that ship with finops-gate and the team's own, in one format, with the settings' overrides.

Whatever is wrong with a policy ends the run, at its file, line and column: a policy that cannot be read must never
look like one that is kept.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from finops_gate import data
from finops_gate.currency import writing_in
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.model import Span
from finops_gate.policy.definition import FixTemplate, Policy, PolicySet
from finops_gate.policy.messages import compile_message
from finops_gate.policy.parameters import fill_in, in_words
from finops_gate.policy.rules import KINDS
from finops_gate.policy.rules.context import Context
from finops_gate.policy.scope import Locate, compile_scope, compile_types
from finops_gate.settings import Settings
from finops_gate.sources.documents import Document, read_documents
from finops_gate.sources.files import Tree, Unreadable

SUFFIXES = (".yaml", ".yml")
OVERRIDES = ("enabled", "level", "on_unknown", "parameters", "rollout", "exemptible")


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy as its file has it, before it is compiled; `locate` gives the place of a path in it."""

    source: Mapping[str, Any]
    locate: Locate
    shipped: bool


def load_policies(settings: Settings, tree: Tree) -> PolicySet:
    """Every policy of a run, by id in order. Raises ConfigurationError for what is wrong with any of them."""
    drafts = drafts_by_id((*shipped_drafts(), *own_drafts(settings, tree)))
    check_overrides(settings, drafts, tree)
    with writing_in(settings.currency):
        return PolicySet({name: with_settings(draft, settings, tree) for name, draft in drafts.items()})


def with_settings(draft: Draft, settings: Settings, tree: Tree) -> Policy:
    """The policy of a draft; what its parameters in the settings make wrong is an error of the settings."""
    name = draft.source["id"]
    override = settings.policies.get(name, {})
    try:
        return compile_policy(draft, override)
    except ConfigurationError as error:
        if not override.get("parameters"):
            raise
        where = setting_span(settings, tree, f"policies.{name}.parameters")
        raise ConfigurationError(f"with these parameters of `{name}`: {error.message}", where) from None


def drafts_by_id(drafts: Iterable[Draft]) -> dict[str, Draft]:
    """Drafts by id, in order; a team's takes the place of a shipped one. Raises ConfigurationError for a twin."""
    found: dict[str, Draft] = {}
    for draft in drafts:
        name = draft.source["id"]
        if name in found and not found[name].shipped:
            raise ConfigurationError(f"the policy id `{name}` is used twice", draft.locate("id"))
        found[name] = draft
    return dict(sorted(found.items()))


def shipped_drafts() -> Iterator[Draft]:
    """The policies that ship with finops-gate; tests hold them to the schema, so that a run need not."""
    for file in sorted(data.policies_dir().rglob("*.yaml")):
        yield from drafts_of(file.read_text(encoding="utf-8"), f"policies/{file.parent.name}/{file.name}", shipped=True)


def own_drafts(settings: Settings, tree: Tree) -> Iterator[Draft]:
    """The team's own policies. Raises ConfigurationError for a path without one and for a file that cannot be read."""
    try:
        for path in settings.policy_paths:
            files = policy_files(path, tree)
            if not files:
                raise ConfigurationError(f"there is no policy file at {path}: name a YAML file or a directory of them")
            for file in files:
                yield from drafts_of(tree.read_text(file), file, shipped=False)
    except Unreadable as error:
        raise ConfigurationError(error.notice.message, error.notice.span) from None


def policy_files(path: str, tree: Tree) -> list[str]:
    """The policy files that a path, a directory or a glob of the settings means."""
    path = "" if path == "." else path.removeprefix("./").rstrip("/")
    if tree.exists(path):
        return [path]
    plain = re.split(r"[*?\[]", path)[0]
    is_glob = plain != path
    inside = tree.paths(posixpath.dirname(plain) if is_glob else path)
    return [p for p in inside if p.endswith(SUFFIXES) and (not is_glob or fnmatchcase(p, path))]


def drafts_of(text: str, path: str, shipped: bool) -> Iterator[Draft]:
    """The policies of a file: one, a list, or several documents. Raises ConfigurationError for what is not one."""
    documents = read_documents(text, path)
    for document in documents:
        for notice in document.notices:
            raise ConfigurationError(notice.message, notice.span)
    for document in documents:
        if document.value is not None:
            yield from document_drafts(document, shipped)
    if not any(document.value for document in documents):
        raise ConfigurationError("there is no policy in this file", Span(path, 1))


def document_drafts(document: Document, shipped: bool) -> Iterator[Draft]:
    listed = isinstance(document.value, list)
    for i, source in enumerate(document.value if listed else [document.value]):
        prefix = f"[{i}]" if listed else ""
        draft = Draft(source, locator(document, prefix), shipped)
        if not shipped:
            from finops_gate.policy.validate import validate  # jsonschema takes 0.2 s to import

            validate(source, draft.locate)
        yield draft


def locator(document: Document, prefix: str) -> Locate:
    def locate(path: str) -> Span:
        return document.span(prefix if not path else f"{prefix}.{path}" if prefix else path)

    return locate


def check_overrides(settings: Settings, drafts: Mapping[str, Draft], tree: Tree) -> None:
    """Raises ConfigurationError for a setting of a policy, or of a thing of a policy, that does not exist."""
    for name, override in settings.policies.items():
        where = setting_span(settings, tree, f"policies.{name}")
        if name not in drafts:
            raise ConfigurationError(f"there is no policy `{name}`{nearest(name, drafts)}", where)
        for word in override:
            if word not in OVERRIDES:
                raise ConfigurationError(f"a policy has no setting `{word}`{nearest(word, OVERRIDES)}", where)
        known = drafts[name].source.get("parameters", {})
        for parameter in override.get("parameters") or {}:
            if parameter not in known:
                raise ConfigurationError(f"`{name}` has no parameter `{parameter}`{nearest(parameter, known)}", where)


def setting_span(settings: Settings, tree: Tree, path: str) -> Span | None:
    """The place of a setting in the settings' file, where it is a file of the tree."""
    if not settings.path or not tree.exists(settings.path):
        return None
    return next((d.span(path) for d in read_documents(tree.read_text(settings.path), settings.path)), None)


def compile_policy(draft: Draft, override: Mapping[str, Any]) -> Policy:
    """The policy of a draft under the settings. Raises ConfigurationError at the place of what is wrong."""
    written = {**draft.source, **{word: value for word, value in override.items() if word != "parameters"}}
    parameters = {**draft.source.get("parameters", {}), **(override.get("parameters") or {})}
    kind = next(word for word in KINDS if word in written)
    if "fix" in written:
        say = in_words(written["fix"]["say"], parameters, draft.locate("fix.say"))
        written["fix"] = {**written["fix"], "say": say}
    filled = {word: fill_in(written.get(word, {}), parameters, word, draft.locate) for word in ("scope", kind, "fix")}
    if override.get("parameters") or (parameters and not draft.shipped):
        from finops_gate.policy.validate import validate

        validate({**draft.source, **{word: value for word, value in filled.items() if value}}, draft.locate)
    context = Context(draft.locate, filled["scope"], written.get("each", ""))
    return Policy(
        id=written["id"],
        title=written["title"],
        kind=kind,
        rule=KINDS[kind](filled[kind], context),
        fits=compile_types(filled["scope"], draft.locate),
        applies=compile_scope(filled["scope"], draft.locate),
        elements=context.for_containers,
        level=written.get("level", "fail"),
        on_unknown=written.get("on_unknown", "warn"),
        warn_until=str((written.get("rollout") or {}).get("warn_until", "")),
        exemptible=written.get("exemptible", "inline"),
        message=compile_message(
            in_words(written["message"], parameters, draft.locate("message")), draft.locate("message")
        ),
        fix=compile_fix(filled["fix"], draft.locate),
        enabled=written.get("enabled", True),
        shipped=draft.shipped,
        span=draft.locate("id"),
        source=written | {"parameters": parameters},
    )


def compile_fix(fix: Mapping[str, Any], locate: Locate) -> FixTemplate | None:
    if not fix:
        return None
    return FixTemplate(compile_message(fix["say"], locate("fix.say")), fix.get("set", {}), fix.get("safe", False))
