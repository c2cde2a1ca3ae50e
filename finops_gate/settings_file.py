"""Finds and reads `.finops-gate.yaml`, holds it against its schema, and makes Settings of it."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Any

from finops_gate.errors import ConfigurationError
from finops_gate.model import EMPTY, USD, Currency, Span
from finops_gate.schema import problems
from finops_gate.settings import DeclaredProject, Discount, PriceOverride, Settings
from finops_gate.sources.documents import Document, read_documents
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.places import join_path

NAMES = (".finops-gate.yaml", ".finops-gate.yml")


def find_settings(tree: Tree, target: str, names: Sequence[str] = NAMES) -> str:
    """The path of the settings nearest to a target, upwards to the root; empty where there are none."""
    directory = target
    while True:
        for name in names:
            candidate = posixpath.join(directory, name) if directory else name
            if tree.exists(candidate):
                return candidate
        if not directory:
            return ""
        directory = posixpath.dirname(directory)


def load_settings(tree: Tree, path: str) -> Settings:
    """The settings of a file of the tree (the defaults for an empty path), its paths made relative to the root.

    Raises ConfigurationError, at the line, for what the schema does not know.
    """
    if not path:
        return Settings()
    document = the_document(tree, path)
    value: Mapping[str, Any] = document.value or {}
    for place, sentence in problems(value, "settings"):
        raise ConfigurationError(sentence, place_of(document, place))
    return from_mapping(value, path, document)


def the_document(tree: Tree, path: str) -> Document:
    try:
        documents = read_documents(tree.read_text(path), path)
    except Unreadable as error:
        raise ConfigurationError(error.notice.message) from None
    document = documents[0] if documents else Document(None)
    for notice in document.notices:
        raise ConfigurationError(notice.message, notice.span)
    if document.value is not None and not isinstance(document.value, dict):
        raise ConfigurationError("settings are a mapping of keys to values", Span(path, 1))
    return document


def place_of(document: Document, path: str) -> Span:
    """The key that is wrong, where the path ends in one; else the value."""
    return document.key_spans.get(path) or document.span(path)


def from_mapping(value: Mapping[str, Any], path: str, document: Document) -> Settings:
    directory = posixpath.dirname(path)
    usage_file = value.get("usage_file", "")
    return Settings(
        path=path,
        policies=value.get("policies", EMPTY),
        policy_paths=below(directory, value.get("policy_paths", ())),
        environments={name: below(directory, globs) for name, globs in value.get("environments", EMPTY).items()},
        exclude=below(directory, value.get("exclude", ())),
        usage=value.get("usage", EMPTY),
        usage_places=usage_places(value.get("usage", EMPTY), document),
        usage_file=below(directory, [usage_file])[0] if usage_file else "",
        currency=currency_of(value.get("currency"), document),
        usage_profile=value.get("usage_profile", ""),
        group_by=value.get("group_by", ()),
        terraform=terraform_of(value.get("terraform", EMPTY), directory, document),
        kubernetes=kubernetes_of(value.get("kubernetes", EMPTY), directory),
        ci=value.get("ci", EMPTY),
        model_paths=below(directory, value.get("pricing", EMPTY).get("models", ())),
        fail_on_incomplete=value.get("fail_on_incomplete", False),
        **prices_of(value.get("pricing", EMPTY), document),
    )


def usage_places(usage: Mapping[str, Any], document: Document) -> dict[tuple[str, ...], Span]:
    """Where each glob, and each key below it, stands."""
    steps = [(glob, *key) for glob, keys in usage.items() for key in [(), *((name,) for name in keys)]]
    paths = {step: reduce(join_path, step, "usage") for step in steps}
    return {step: document.key_spans[path] for step, path in paths.items() if path in document.key_spans}


def prices_of(value: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """The settings of prices that are made of `pricing`."""
    spans = document.key_spans
    shares = {scope: Decimal(written.rstrip(" %")) / 100 for scope, written in value.get("discounts", EMPTY).items()}
    own = enumerate(value.get("overrides", ()))
    return {
        "discounts": [Discount(name, share, spans.get(f"pricing.discounts.{name}")) for name, share in shares.items()],
        "overrides": [
            PriceOverride(**{**price, "usd": Decimal(price["usd"])}, span=document.span(f"pricing.overrides[{i}].key"))
            for i, price in own
        ],
        "strict_prices": value.get("strict", False),
    }


def currency_of(value: Mapping[str, Any] | None, document: Document) -> Currency:
    """The currency of reports. Raises ConfigurationError for a rate that is none."""
    if value is None:
        return USD
    found = Currency(value["code"], Decimal(value["rate"]), value["as_of"])
    if not found.rate or (found.code == USD.code and found.rate != 1):
        why = "a US dollar is one US dollar" if found.rate else "a rate is more than 0"
        raise ConfigurationError(f"`rate`: {why}", document.span("currency.rate"))
    return USD if found.code == USD.code else found


def terraform_of(value: Mapping[str, Any], directory: str, document: Document) -> dict[str, Any]:
    """The Terraform settings with every path of theirs relative to the root."""
    found = dict(value)
    for key in ("var_files", "include", "exclude"):
        if key in value:
            found[key] = below(directory, value[key])
    if "projects" in value:
        items = enumerate(value["projects"])
        found["projects"] = tuple(project_of(p, directory, document.span(f"terraform.projects[{i}]")) for i, p in items)
    return found


def kubernetes_of(value: Mapping[str, Any], directory: str) -> Mapping[str, Any]:
    """The Kubernetes settings with every path of theirs relative to the root."""
    if "releases" not in value:
        return value
    releases = tuple(
        {
            **entry,
            "chart": directory_of(directory, entry["chart"]),
            "values": below(directory, entry.get("values", ())),
        }
        for entry in value["releases"]
    )
    return {**value, "releases": releases}


def project_of(value: Mapping[str, Any], directory: str, span: Span) -> DeclaredProject:
    usage = value.get("usage_file", "")
    return DeclaredProject(
        path=directory_of(directory, value["path"]),
        name=value.get("name", ""),
        env=value.get("env", ""),
        var_files=below(directory, value.get("var_files", ())),
        vars=value.get("vars", EMPTY),
        workspace=value.get("workspace", ""),
        usage_file=below(directory, [usage])[0] if usage else "",
        span=span,
    )


def directory_of(directory: str, path: str) -> str:
    """A directory that a file of another names, relative to the root; the root itself is the empty path."""
    found = below(directory, [path])[0]
    return "" if found == "." else found


def below(directory: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Paths that a file of `directory` names, relative to the root."""
    return tuple(posixpath.normpath(posixpath.join(directory, p)) for p in paths)


def with_options(settings: Settings, **changes: Any) -> Settings:
    """The settings with what the command line says on top; an option that was not given changes nothing."""
    given = {name: value for name, value in changes.items() if value not in (None, "", ())}
    return replace(settings, **given) if given else settings
