"""Finds the cost model of a type: one is loaded when a resource of its type is met, and compiled once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from finops_gate import data
from finops_gate.costing.model_definition import Model, UsageKeys, provider_of
from finops_gate.errors import ConfigurationError
from finops_gate.model import EMPTY
from finops_gate.sources.files import Tree, Unreadable

_SAFE_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,100}(?::[A-Za-z0-9][A-Za-z0-9_-]{0,100})?")


@cache
def shipped() -> Models:
    """The models that ship with finops-gate, each loaded once a process."""
    return Models()


@dataclass(frozen=True, slots=True)
class Folder:
    """A team's own models: a directory of a tree, laid out as `pricing/models/`."""

    tree: Tree
    path: str

    def find(self, file: str) -> tuple[str, str] | None:
        """The text and the path of a file, where it is there. Raises ConfigurationError where it cannot be read."""
        path = posixpath.join(self.path, file)
        try:
            return (self.tree.read_text(path), path) if self.tree.exists(path) else None
        except Unreadable as error:
            raise ConfigurationError(error.notice.message, error.notice.span) from None


class Models:
    """The models of some folders, the first of which that has a type's file wins; ours are the last."""

    def __init__(self, overlays: Sequence[Folder] = (), pricing: Path | None = None) -> None:
        self._pricing = pricing or data.pricing_dir()
        self._overlays = tuple(overlays)
        self._models: dict[str, Model | None] = {}
        self._free: dict[str, frozenset[str]] = {}
        self._loading: list[str] = []

    def get(self, resource_type: str) -> Model | None:
        """The model of a type, or None where there is none. Raises ConfigurationError for a broken one."""
        if resource_type not in self._models:
            if resource_type in self._loading:
                circle = " -> ".join((*self._loading, resource_type))
                raise ConfigurationError(f"cost models that are parts of each other: {circle}")
            self._loading.append(resource_type)
            try:
                self._models[resource_type] = self._load(resource_type)
            finally:
                self._loading.pop()
        return self._models[resource_type]

    def _load(self, resource_type: str) -> Model | None:
        from finops_gate.costing.model_reader import read_model

        if not _SAFE_TYPE.fullmatch(resource_type):
            return None
        file = f"{provider_of(resource_type)}/{resource_type.split(':')[-1]}.yaml"
        for folder in self._overlays:
            if found := folder.find(file):
                return read_model(*found, resource_type, self, trusted=False)
        ours = self._pricing / "models" / file
        if not ours.is_file():
            return None
        return read_model(ours.read_text(encoding="utf-8"), ours.as_posix(), resource_type, self)

    def is_free(self, resource_type: str) -> bool:
        """Whether the type is listed as costing nothing by itself."""
        if not _SAFE_TYPE.fullmatch(resource_type):
            return False
        provider = provider_of(resource_type)
        if provider not in self._free:
            file = self._pricing / "free" / f"{provider}.txt"
            lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
            self._free[provider] = frozenset(line.split("#")[0].strip() for line in lines) - {""}
        return resource_type in self._free[provider]

    def usage_only(self, resource_type: str) -> bool:
        """Whether the type is in no code. A broken model is said when a resource of its type is priced."""
        try:
            model = self.get(resource_type)
        except ConfigurationError:
            return False
        return model is not None and model.usage_only

    def usage_keys(self, resource_type: str) -> UsageKeys:
        """Every usage key that a type takes: its own and, below them, those of its parts."""
        model = self.get(resource_type)
        if model is None:
            return EMPTY
        keys: dict[str, Any] = {}
        for part in model.parts:
            keys |= self.usage_keys(part.model)
        return keys | dict(model.usage)

    def declarable(self, resource_type: str) -> UsageKeys:
        """The usage keys of what is billed by itself: its own, and those of its parts that it does not answer for."""
        model = self.get(resource_type)
        return EMPTY if model is None or model.is_part_only else {**model.usage, **self._of_parts(model)}

    def _of_parts(self, model: Model) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in model.parts:
            inner = self.get(part.model)
            keys = {**inner.usage, **self._of_parts(inner)} if inner else {}
            found |= {n: key for n, key in keys.items() if n not in part.usage and n not in model.usage}
        return found
