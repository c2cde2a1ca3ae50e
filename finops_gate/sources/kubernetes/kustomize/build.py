"""Building a kustomization: its resources, then its components, then what it does to all of them.

The order is kustomize's: strategic-merge patches, patches, namespace, prefix, suffix, labels, annotations, JSON
patches, replicas, images, replacements; references by name follow when all is done.
Source: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from finops_gate.model import Span
from finops_gate.sources.kubernetes.kustomize import transform
from finops_gate.sources.kubernetes.kustomize.builtin import transformed
from finops_gate.sources.kubernetes.kustomize.contents import Contents
from finops_gate.sources.kubernetes.kustomize.item import Item
from finops_gate.sources.kubernetes.kustomize.names import follow_names
from finops_gate.sources.kubernetes.kustomize.overlay import (
    FIELDS,
    Kustomization,
    kustomizations_in,
)
from finops_gate.sources.kubernetes.kustomize.patches import NoTarget, apply
from finops_gate.sources.kubernetes.kustomize.problems import WORK_OF_AN_OBJECT, PatchError, Problems
from finops_gate.sources.kubernetes.kustomize.replacements import with_replacement
from finops_gate.sources.kubernetes.objects import mapping
from finops_gate.sources.kubernetes.reading import Files
from finops_gate.sources.nodes import Node, child, mapping_of, root_of

MAX_DEPTH = 50
RENDER_IT = "Check the output of `kubectl kustomize` as well."
LOCAL_CONFIG = "config.kubernetes.io/local-config"
NOT_RENDERED = ("helmCharts", "helmChartInflationGenerator", "generators", "vars")
"""Fields that may change what objects there are or what they cost, and are not followed."""
GENERATORS = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}

_REMOTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://|git@|git::|(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}[/:].|.*[?&]ref=")


@dataclass(slots=True)
class Gathered:
    """The objects of a kustomization so far. `partial` where something of it is not in the repository."""

    objects: list[Item] = field(default_factory=list)
    partial: bool = False


class Build:
    """The kustomizations of a run. Each is built once, however many include it."""

    def __init__(self, files: Files, problems: Problems) -> None:
        self.contents = Contents(files, problems)
        self._problems = problems
        self._built: dict[str, Gathered] = {}
        self._underway: list[str] = []

    def rendered(self, directory: str) -> list[Item]:
        """What the kustomization of a directory prints. Raises TooComplex."""
        return self.finished(self.objects(directory))

    def objects(self, directory: str) -> list[Item]:
        """The objects of the kustomization of a directory, before names are followed. Raises TooComplex."""
        kustomization = self.contents.kustomization(directory)
        return [] if kustomization is None else self._directory(kustomization).objects

    def overlaid(self, objects: Sequence[Item], kustomization: Kustomization) -> list[Item]:
        """Objects with the changes of a kustomization that is in no file of its own. Raises TooComplex."""
        return self._extended(kustomization, Gathered(list(objects))).objects

    def finished(self, objects: Sequence[Item]) -> list[Item]:
        """The objects as they are printed: references follow names, and what is for kustomize alone is gone."""
        return [item for item in follow_names(objects, self._problems) if not _is_local(item)]

    def _directory(self, kustomization: Kustomization) -> Gathered:
        directory = kustomization.directory
        if directory not in self._built:
            self._built[directory] = self._extended(kustomization, Gathered())
        return self._built[directory]

    def _extended(self, kustomization: Kustomization, gathered: Gathered) -> Gathered:
        """What is gathered, with a kustomization's own added and its changes made."""
        self._underway.append(kustomization.directory)
        for entry in kustomization.listed("resources", "bases"):
            self._include(kustomization, entry, gathered)
        for name, kind in GENERATORS.items():
            for entry in kustomization.listed(name):
                _generate(entry, kind, gathered)
        for entry in kustomization.listed("components"):
            component = self._other(kustomization, entry, gathered)
            if component is not None:
                self._extended(component, gathered)
        self._say_what_is_left_out(kustomization, gathered)
        self._transform(kustomization, gathered)
        self._underway.pop()
        return gathered

    def _include(self, kustomization: Kustomization, entry: Node, gathered: Gathered) -> None:
        """Adds the objects of a file or of another kustomization."""
        path = kustomization.local(entry.value) if isinstance(entry.value, str) else ""
        if path and self.contents.tree.exists(path):
            gathered.partial |= self.contents.is_broken(path)
            return self._add(self.contents.objects(path), gathered, entry)
        other = self._other(kustomization, entry, gathered)
        if other is not None:
            found = self._directory(other)
            gathered.partial |= found.partial
            self._add(found.objects, gathered, entry)
        return None

    def _add(self, objects: Sequence[Item], gathered: Gathered, entry: Node) -> None:
        known = {item.identity for item in gathered.objects}
        for item in objects:
            self._problems.spend(item.size + WORK_OF_AN_OBJECT)
            identity = item.identity
            if identity in known and identity.name:
                message = f"{identity.kind} {identity.name} is there already: kustomize refuses to have it twice"
                self._problems.error("kustomize-duplicate", message, entry.span)
                continue
            known.add(identity)
            gathered.objects.append(item)

    def _other(self, kustomization: Kustomization, entry: Node, gathered: Gathered) -> Kustomization | None:
        """The kustomization that an entry names; None, said why, where it cannot be followed."""
        name = entry.value if isinstance(entry.value, str) else ""
        directory = kustomization.local(name)
        if directory in self._underway and name:
            chain = " -> ".join(d or "." for d in [*self._underway, directory])[:500]
            self._problems.error("kustomize-cycle", f"a kustomization includes itself: {chain}", entry.span)
            return None
        if len(self._underway) > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} kustomizations in each other"
            self._problems.error("kustomize-too-deep", message, entry.span)
            return None
        if name and kustomizations_in(self.contents.tree, directory):
            found = self.contents.kustomization(directory)
            gathered.partial |= found is None
            return found
        gathered.partial = True
        if _REMOTE.match(name):
            message = f"{name[:200]} is not in the repository, so what it holds is not in the totals"
            self._problems.info("kustomize-remote", message, entry.span, "Vendor it, or check the rendered output.")
        else:
            message = f"{name[:200]!r} is no file here, and no directory with a kustomization"
            self._problems.error("kustomize-missing", message, entry.span)
        return None

    def _transform(self, kustomization: Kustomization, gathered: Gathered) -> None:
        problems = self._problems
        problems.spend(len(gathered.objects) * len(FIELDS))
        for field_name in ("patchesStrategicMerge", "patches"):
            self._patch(kustomization, field_name, gathered)
        namespace, prefix, suffix = (kustomization.word(w) for w in ("namespace", "namePrefix", "nameSuffix"))
        if namespace is not None:
            gathered.objects = transform.in_namespace(gathered.objects, namespace)
            self._refuse_namesakes(gathered.objects, namespace)
        affixes = (prefix.value if prefix else "", suffix.value if suffix else "")
        gathered.objects = transform.with_affixes(gathered.objects, *affixes)
        gathered.objects = transform.with_labels(gathered.objects, kustomization, problems)
        gathered.objects = transform.with_annotations(gathered.objects, kustomization, problems)
        self._patch(kustomization, "patchesJson6902", gathered)
        for entry in kustomization.listed("replicas"):
            found = transform.with_replicas(gathered.objects, entry, problems)
            if found is None:
                self._unmet("kustomize-no-target", "no workload has this name and takes replicas", entry.span, gathered)
            gathered.objects = found or gathered.objects
        gathered.objects = transform.with_images(gathered.objects, kustomization.listed("images"), problems)
        for entry in kustomization.listed("replacements"):
            self._replace(kustomization, entry, gathered)
        for entry in kustomization.listed("transformers"):
            self._run(kustomization, entry, gathered)

    def _run(self, kustomization: Kustomization, entry: Node, gathered: Gathered) -> None:
        """Runs the transformers of an entry: those of a file, of a kustomization, or of the entry's own text."""
        configs = Gathered()
        if isinstance(entry.value, str) and "\n" in entry.value:
            configs.objects = [Item(root_of(d)) for d in self.contents.inline(entry) if isinstance(d.value, dict)]
        else:
            self._include(kustomization, entry, configs)
        for config in configs.objects:
            found = transformed(gathered.objects, config.node, self._problems)
            if found is None:
                message = (
                    f"the transformer {config.kind} {config.name} is not followed: its changes are not in the totals"
                )
                self._problems.info("kustomize-not-rendered", message, entry.span, RENDER_IT)
            gathered.objects = gathered.objects if found is None else found

    def _refuse_namesakes(self, objects: Sequence[Item], namespace: Node) -> None:
        for identity, count in Counter(item.identity for item in objects if item.name).items():
            if count > 1:
                message = f"in one namespace, {identity.kind} {identity.name} is there {count} times"
                self._problems.error("kustomize-duplicate", message, namespace.span)

    def _patch(self, kustomization: Kustomization, field_name: str, gathered: Gathered) -> None:
        schemas = self.contents.schemas(kustomization)
        for entry in kustomization.listed(field_name):
            for patch in self.contents.patches(kustomization, entry):
                try:
                    gathered.objects = apply(patch, gathered.objects, self._problems, schemas)
                except NoTarget as error:
                    self._unmet("kustomize-no-target", error.message, error.span, gathered)
                except PatchError as error:
                    self._problems.error("kustomize-patch", error.message, error.span)

    def _replace(self, kustomization: Kustomization, entry: Node, gathered: Gathered) -> None:
        """Makes the replacements of an entry: its own, or those of the file that it names."""
        for written in self.contents.replacements(kustomization, entry):
            try:
                gathered.objects = with_replacement(gathered.objects, written, self._problems)
            except PatchError as error:
                self._unmet("kustomize-replacement", error.message, error.span, gathered)

    def _unmet(self, code: str, message: str, span: Span, gathered: Gathered) -> None:
        """What misses its object is a mistake, unless the object may be in what is not here."""
        said = self._problems.info if gathered.partial else self._problems.error
        said(code, message, span)

    def _say_what_is_left_out(self, kustomization: Kustomization, gathered: Gathered) -> None:
        for name in NOT_RENDERED:
            found = kustomization.field(name)
            if found is not None and found.value:
                gathered.partial = True
                message = f"`{name}` of {kustomization.path} is not followed: what it makes is not in the totals"
                self._problems.info("kustomize-not-rendered", message, found.key_span, RENDER_IT)


def _is_local(item: Item) -> bool:
    annotations = mapping(mapping(item.node.value.get("metadata")).get("annotations"))
    return str(annotations.get(LOCAL_CONFIG)).lower() == "true"


def _generate(entry: Node, kind: str, gathered: Gathered) -> None:
    """Adds a generated ConfigMap or Secret, by its name alone: what it holds costs nothing.

    The hash that kustomize appends is left out, so that a changed file does not make another resource.
    """
    name, namespace = child(entry, "name"), child(entry, "namespace")
    if name is None or not isinstance(name.value, str) or mapping(entry.value).get("behavior") in ("merge", "replace"):
        return
    metadata = {"name": name, "namespace": namespace} if namespace is not None and namespace.value else {"name": name}
    words = {key: replace(name, value=value) for key, value in (("apiVersion", "v1"), ("kind", kind))}
    gathered.objects.append(Item(mapping_of(entry, {**words, "metadata": mapping_of(entry, metadata)})))
