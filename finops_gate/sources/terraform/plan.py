"""Plans and states as JSON (https://developer.hashicorp.com/terraform/internals/json-format) become resources.

A plan knows two states: `resources` are as they will be after it, `before` as they were. `plan_text` finds the JSON,
`plan_values` marks what is not known or secret, `plan_configuration` knows providers and references, `plan_places` the
code. Nothing of a plan's file is ever quoted, for it holds secrets in plain text.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from finops_gate.model import ONCE, Loaded, Notice, Range, Resource, Span, Unknown
from finops_gate.settings import Settings
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.terraform.deployments import as_declared
from finops_gate.sources.terraform.expansion import ANY_NUMBER
from finops_gate.sources.terraform.plan_configuration import Configuration, split_module
from finops_gate.sources.terraform.plan_json import MAX_DEPTH, mapping, mappings
from finops_gate.sources.terraform.plan_places import Code, Lines, code_of
from finops_gate.sources.terraform.plan_rows import Aligned, rows_of
from finops_gate.sources.terraform.plan_text import PlanError, parse, read_text
from finops_gate.sources.terraform.plan_values import attributes_of
from finops_gate.sources.terraform.plan_written import Written, written_by
from finops_gate.sources.terraform.providers import region, tags
from finops_gate.sources.terraform.resource_types import family

WHOLE_FILE = 10**9
_ACTIONS = {
    ("no-op",): "no-op",
    ("create",): "create",
    ("read",): "read",
    ("update",): "update",
    ("delete",): "delete",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("create", "forget"): "replace",
    ("forget",): "forget",
}


def read_plans(tree: Tree, paths: Sequence[str], code: Collection[str], settings: Settings) -> Loaded:
    """All plans of a run, of which those are left out whose `code` (directories) is read itself."""
    together = Counter(posixpath.dirname(path) for path in paths)

    def several(path: str) -> bool:
        return together[posixpath.dirname(path)] > 1

    parts = [
        as_declared(read_plan(tree, path, code, settings, path if several(path) else None), path, settings)
        for path in paths
    ]
    told = any(part.before is not None for part in parts)
    before = [r for part in parts for r in (part.resources if part.before is None else part.before)]
    return Loaded(
        tuple(r for part in parts for r in part.resources),
        tuple(n for part in parts for n in part.notices),
        before=tuple(before) if told else None,
        secrets=tuple(s for part in parts for s in part.secrets),
    )


def read_plan(tree: Tree, path: str, counted: Collection[str], settings: Settings, project: str | None) -> Loaded:
    """The managed resources of a plan, as they will be after it and as they were; those of a state."""
    try:
        text = read_text(tree, path)
        plan = parse(text, path)
    except (Unreadable, PlanError) as error:
        return Loaded((), (error.notice,), secrets=(whole(path),))
    configuration = Configuration(plan)
    code = code_of(tree, path, configuration, settings.terraform)
    secrets = (whole(path), *(code.secrets if code else ()))
    if code and code.directory in counted:
        return Loaded((), (_left_out(path, code),), secrets=secrets)
    reading = _Reading(configuration, code, Lines(text, path), path, project)
    after = tuple(reading.after(plan))
    before = tuple(reading.before(plan)) if "values" not in plan else None
    only = _only_region((*after, *(before or ())))
    return Loaded(
        tuple(_located(r, only) for r in after),
        tuple(_notices(plan, reading)),
        before=None if before is None else tuple(_located(r, only) for r in before),
        secrets=secrets,
    )


def _only_region(resources: Iterable[Resource]) -> str | None:
    """The region of all that tell one by their arn, for what does not tell; a state knows no providers' regions."""
    regions = {r.region for r in resources if r.provider == "aws" and isinstance(r.region, str)}
    return regions.pop() if len(regions) == 1 else None


def _located(resource: Resource, region: str | None) -> Resource:
    if region is None or resource.region is not None or resource.provider != "aws":
        return resource
    return replace(resource, region=region)


def _left_out(path: str, code: Code) -> Notice:
    message = f"{path} is not counted: its code in {code.directory or '.'} is"
    return Notice(
        "plan-beside-code", "info", message, Span(path, 1, 1, 1, 1), f"Check {path} by itself to judge the plan."
    )


def whole(path: str) -> Span:
    return Span(path, 1, 1, WHOLE_FILE, 1)


def _notices(plan: Mapping[str, Any], reading: _Reading) -> Iterator[Notice]:
    start = Span(reading.path, 1, 1, 1, 1)
    if plan.get("errored") is True:
        yield Notice("plan-unreadable", "error", "the plan failed, and is not whole", start)
    version = str(plan.get("format_version"))
    if not version.startswith(("0.", "1.")):
        message = f"the plan has format {version}; finops-gate knows 0 and 1, and may misread it"
        yield Notice("unknown-plan-format", "warning", message, start)
    for change in mappings(plan.get("resource_changes")):
        if mapping(change.get("change")).get("actions") == ["forget"]:
            address = str(change.get("address"))
            message = f"{address} is only forgotten: it goes on costing, outside of Terraform"
            yield Notice("forgotten-resource", "info", message, reading.place(address))


@dataclass(frozen=True, slots=True)
class Item:
    """A resource of a plan on one side of it: its values and what marks them."""

    address: str
    type: str
    name: str
    provider: str
    module: str
    values: Mapping[str, Any]
    sensitive: tuple[Any, ...] = ()
    unknown: Any = None
    change: Mapping[str, Any] | None = None
    instances: Range = ONCE


class _Reading:
    """One plan with what is known about it: its configuration, and where things are written."""

    def __init__(
        self, configuration: Configuration, code: Code | None, lines: Lines, path: str, project: str | None
    ) -> None:
        self.configuration, self.code, self.lines, self.path = configuration, code, lines, path
        directory = code.directory if code else posixpath.dirname(path)
        self.project = directory if project is None else project

    def after(self, plan: Mapping[str, Any]) -> Iterator[Resource]:
        """What is planned, what the plan leaves as it is, and what it puts off."""
        changes = {str(c.get("address")): c for c in mappings(plan.get("resource_changes")) if "deposed" not in c}
        planned = mapping(plan.get("planned_values") or plan.get("values"))
        items = tuple(_items(planned.get("root_module"), changes))
        yield from map(self._resource, items)
        listed = {item.address for item in items}
        yield from map(self._resource, _created(c for address, c in changes.items() if address not in listed))
        if "values" not in plan:
            yield from map(self._resource, _untouched(plan, changes))
            yield from map(self._resource, _deferred(plan))

    def before(self, plan: Mapping[str, Any]) -> Iterator[Resource]:
        """What there was: what the changes begin with, and what the plan leaves as it is."""
        changes = [c for c in mappings(plan.get("resource_changes")) if _is_managed(c)]
        for change in changes:
            details = mapping(change.get("change"))
            if isinstance(details.get("before"), dict):
                deposed = change.get("deposed")
                item = _changed(change, details["before"], details.get("before_sensitive"))
                shown = replace(item, address=f"{item.address} (deposed object {deposed})") if deposed else item
                yield replace(self._resource(shown), moved_from=())
        yield from map(self._resource, _untouched(plan, {str(c.get("address")): c for c in changes}))

    def place(self, address: str) -> Span:
        written = self.code.find(address) if self.code else None
        return written.span if written else self.lines.span(address)

    def _resource(self, item: Item) -> Resource:
        of, name = family(item.type), f"{item.type}.{item.name}"
        written = self.code.find(item.address) if self.code else None
        by = self._written(item, written)
        attributes = attributes_of(item.type, item.values, item.sensitive, item.unknown, by)
        calls, _ = split_module(item.module)
        provider = self.configuration.provider(calls, name, item.provider)
        where = region(of, _with_arn_region(attributes), provider, None)
        if written and not isinstance(where, str):
            where = written.region
        references = self.configuration.references(item.module, name)
        rows = rows_of(attributes, written.attributes) if written else {}
        previous = mapping(item.change).get("previous_address")
        actions = mapping(mapping(item.change).get("change")).get("actions")
        return Resource(
            address=item.address,
            type=item.type,
            source="terraform",
            attributes=attributes,
            span=written.span if written else self.lines.span(item.address),
            tags=_tags(of, item.type, attributes, provider),
            spans=Aligned(written.spans, rows) if written else {},
            origins=Aligned(written.origins, rows) if written else {},
            references={**references, **(Aligned(written.references, rows) if written else {})},
            module_path=item.module,
            provider=of,
            region=where,
            project=self.project,
            instances=item.instances,
            moved_from=(previous,) if isinstance(previous, str) else (),
            action=_ACTIONS.get(tuple(map(str, actions))) if isinstance(actions, list) else None,
        )

    def _written(self, item: Item, found: Resource | None) -> Written:
        """By the code, where that is there; by the plan's configuration, which knows no dynamic blocks, where not."""
        if found is not None:
            return written_by(found.attributes, item.module)
        return written_by(self.configuration.expressions(item.module, f"{item.type}.{item.name}"), item.module)


def _items(root: Any, changes: Mapping[str, Mapping[str, Any]]) -> Iterator[Item]:
    """The managed resources of a module and of those below it."""
    waiting = [(root, 0)]
    while waiting:
        module, depth = waiting.pop()
        if not isinstance(module, dict) or depth > MAX_DEPTH:
            continue
        for found in mappings(module.get("resources")):
            change = changes.get(str(found.get("address")))
            if _is_managed(found) and not _is_leaving(change):
                yield _planned(found, change, str(module.get("address") or ""))
        waiting += [(child, depth + 1) for child in mappings(module.get("child_modules"))]


def _is_managed(found: Mapping[str, Any]) -> bool:
    return found.get("mode") == "managed" and isinstance(found.get("type"), str) and "deposed_key" not in found


def _is_leaving(change: Any) -> bool:
    """Whether nothing is left of it; what is forgotten still stands among the planned values, without any."""
    return mapping(mapping(change).get("change")).get("actions") in (["delete"], ["forget"])


def _planned(found: Mapping[str, Any], change: Mapping[str, Any] | None, module: str) -> Item:
    details = mapping(mapping(change).get("change"))
    return Item(
        address=str(found.get("address")),
        type=str(found["type"]),
        name=str(found.get("name")),
        provider=_provider_name(found),
        module=module,
        values=mapping(found.get("values")),
        sensitive=(found.get("sensitive_values"), details.get("after_sensitive")),
        unknown=details.get("after_unknown"),
        change=change,
    )


def _changed(change: Mapping[str, Any], values: Mapping[str, Any], sensitive: Any) -> Item:
    return Item(
        address=str(change.get("address")),
        type=str(change.get("type")),
        name=str(change.get("name")),
        provider=_provider_name(change),
        module=str(change.get("module_address") or ""),
        values=values,
        sensitive=(sensitive,),
    )


def _provider_name(item: Mapping[str, Any]) -> str:
    """`aws` of `registry.terraform.io/hashicorp/aws`."""
    return str(item.get("provider_name") or "").rsplit("/", 1)[-1]


def _untouched(plan: Mapping[str, Any], changes: Mapping[str, Any]) -> Iterator[Item]:
    """What the state holds and the plan says nothing of, as with `-target`: it stays, and goes on costing."""
    root = mapping(mapping(plan.get("prior_state")).get("values")).get("root_module")
    moved = {str(c.get("previous_address")) for c in mappings(plan.get("resource_changes"))}
    return (item for item in _items(root, {}) if item.address not in changes and item.address not in moved)


def _created(changes: Iterable[Mapping[str, Any]]) -> Iterator[Item]:
    """What changes make that `planned_values` lacks, as a plan does that was cut down to its changes."""
    for change in changes:
        details = mapping(change.get("change"))
        if _is_managed(change) and isinstance(details.get("after"), dict):
            item = _changed(change, details["after"], details.get("after_sensitive"))
            yield replace(item, unknown=details.get("after_unknown"), change=change)


def _deferred(plan: Mapping[str, Any]) -> Iterator[Item]:
    """What the plan puts off until more is known; how many there will be is not known where the count is not."""
    for deferred in mappings(plan.get("deferred_changes")):
        counted = ANY_NUMBER if deferred.get("reason") == "instance_count_unknown" else ONCE
        for item in _created([mapping(deferred.get("resource_change"))]):
            yield replace(item, instances=counted)


def _tags(
    of: str, type: str, attributes: Mapping[str, Any], provider: Mapping[str, Any]
) -> Mapping[str, Any] | Unknown:
    """A plan holds the tags with the provider's defaults in `tags_all`."""
    everything = attributes.get("tags_all" if of == "aws" else "effective_labels")
    if isinstance(everything, dict):
        return {name: value for name, value in everything.items() if value is not None}
    return tags(of, type, attributes, provider)


def _with_arn_region(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """An existing resource's arn tells its region, where nothing else does."""
    arn = attributes.get("arn")
    if attributes.get("region") is None and isinstance(arn, str):
        match = re.match(r"arn:[\w-]+:[\w-]+:([a-z]{2}(?:-[a-z]+)+-\d):", arn)
        if match:
            return {**attributes, "region": match[1]}
    return attributes
