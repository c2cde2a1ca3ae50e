"""Data sources whose answer needs no cloud: the code, the files beside it, or a table that ships says it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from finops_gate.model import Unknown
from finops_gate.sources.secrecy import SENSITIVE
from finops_gate.sources.terraform.evaluate import evaluate
from finops_gate.sources.terraform.policy_document import policy_json
from finops_gate.sources.terraform.types import STRING
from finops_gate.sources.terraform.values import (
    MAPPINGS,
    ListValue,
    MapValue,
    Null,
    ObjectValue,
    UnknownValue,
    Value,
    elements,
    export,
    first_unknown,
)
from finops_gate.sources.terraform.zones import Zones, zones_of

if TYPE_CHECKING:
    from finops_gate.sources.terraform.declarations import Declared
    from finops_gate.sources.terraform.expansion import Instance
    from finops_gate.sources.terraform.module import Module

FROM_CLOUD = "read from the cloud"
REASONS = {
    "external": "what a program answers, which is not run",
    "http": "read from the network",
    "terraform_remote_state": "read from another state",
    "aws_caller_identity": "that of the account it is applied to",
}
"""Why a data source of a type is not known, where it is not the cloud that knows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One instance of a data source: what the code gives it."""

    module: Module
    declared: Declared
    type: str
    instance: Instance

    @property
    def given(self) -> Mapping[str, Value]:
        return self.instance.content.items

    def argument(self, name: str) -> Value | None:
        """The value of an argument; None where it is left out."""
        found = self.given.get(name)
        return None if isinstance(found, Null) else found

    def of_provider(self, name: str) -> Value | None:
        from finops_gate.sources.terraform.providers import configuration

        provider = configuration(self.module, self.declared, self.type)
        found = provider.items.get(name) if provider else None
        return None if isinstance(found, Null) else found


def reason(type: str) -> str:
    return REASONS.get(type, FROM_CLOUD)


def known_attributes(module: Module, type: str, declared: Declared, instance: Instance) -> dict[str, Value]:
    """What is known of a data source beside the arguments that the code gives it."""
    answer = _ANSWERS.get(type)
    return {} if answer is None else answer(Asked(module, declared, type, instance))


def _region(asked: Asked) -> dict[str, Value]:
    if asked.argument("endpoint") is not None:
        return {}
    region = asked.argument("region") or asked.argument("name") or asked.of_provider("region")
    return {} if region is None else {"name": region, "id": region, "region": region}


_PARTITIONS = {"cn": ("aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"), "us-gov": ("aws-us-gov",)}
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html, by the beginning of a region's name."""


def _partition(asked: Asked) -> dict[str, Value]:
    region = asked.of_provider("region")
    if not isinstance(region, str):
        return {}
    rest = ("aws", "amazonaws.com", "com.amazonaws")
    special = next((row for start, row in _PARTITIONS.items() if region.startswith(f"{start}-")), ())
    partition, suffix, reverse = (*special, *rest[len(special) :])
    return {"partition": partition, "id": partition, "dns_suffix": suffix, "reverse_dns_prefix": reverse}


def _default_tags(asked: Asked) -> dict[str, Value]:
    blocks = asked.of_provider("default_tags")
    first = next(iter(elements(blocks)), None) if blocks is not None else None
    tags = first.items.get("tags") if isinstance(first, ObjectValue) else None
    if isinstance(blocks, UnknownValue):
        return {"tags": blocks.derived()}
    return {"id": "aws", "tags": MapValue({}, STRING) if tags is None else tags}


def _aws_zones(asked: Asked) -> dict[str, Value]:
    """Those that are open to every account; local zones and filters are for the cloud to answer."""
    region = asked.argument("region") or asked.of_provider("region")
    if isinstance(region, UnknownValue):
        return dict.fromkeys(("names", "zone_ids"), region.derived())
    if not isinstance(region, str):
        return {}
    zones = zones_of("aws", region)
    if zones is None or asked.argument("all_availability_zones") is not None or not _plain_filters(asked):
        return {}
    excluded = _texts(asked.argument("exclude_names"))
    kept = tuple(zone for zone in zones if zone is None or f"{region}{zone}" not in excluded)
    ids = (None,) * len(kept)
    return {"id": region, "names": _names(region, "", kept), "zone_ids": _names(region, "", ids)}


def _plain_filters(asked: Asked) -> bool:
    """Whether the filters keep every zone that is open to all: `opt-in-status` and `zone-type` in their usual form."""
    if asked.argument("exclude_zone_ids") is not None:
        return False
    wanted = {"opt-in-status": "opt-in-not-required", "zone-type": "availability-zone"}
    rows = asked.argument("filter")
    for row in elements(rows) if rows is not None else ():
        name = row.items.get("name") if isinstance(row, ObjectValue) else None
        if not isinstance(name, str) or wanted.get(name) not in _texts(row.items.get("values")):
            return False
    return True


def _google_zones(asked: Asked) -> dict[str, Value]:
    region = asked.argument("region") or asked.of_provider("region")
    if not isinstance(region, str):
        return {}
    zones = zones_of("google", region)
    return {} if zones is None else {"names": _names(region, "-", zones)}


def _names(region: str, joint: str, zones: Zones) -> ListValue:
    unknown = UnknownValue(Unknown(f"the name of a zone of {region} is known only to the account"), STRING)
    return ListValue([unknown if zone is None else f"{region}{joint}{zone}" for zone in zones], STRING)


def _texts(value: Value | None) -> list[str]:
    return [item for item in elements(value) if isinstance(item, str)] if value is not None else []


def _policy_document(asked: Asked) -> dict[str, Value]:
    arguments = ObjectValue(dict(asked.given))
    missing = first_unknown(arguments)
    if missing is not None:
        return {"json": missing.derived(STRING), "minified_json": missing.derived(STRING)}
    plain = export(arguments)
    written, small = policy_json(plain), policy_json(plain, indent=None)
    if written is None or small is None:
        return {}
    return {"json": written, "minified_json": small}


def _local_file(asked: Asked) -> dict[str, Value]:
    """A file inside the root; its checksums as https://registry.terraform.io/providers/hashicorp/local gives them."""
    filename = asked.argument("filename")
    content = asked.module.read_file(filename) if isinstance(filename, str) else None
    if content is None:
        return {}
    found: dict[str, Value] = {"id": hashlib.sha1(content, usedforsecurity=False).hexdigest()}
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, content, usedforsecurity=False)
        found[f"content_{name}"] = digest.hexdigest()
        if name in ("sha256", "sha512"):
            found[f"content_base64{name}"] = base64.b64encode(digest.digest()).decode()
    if asked.type == "local_sensitive_file":
        return {**found, "content": UnknownValue(SENSITIVE, STRING), "content_base64": UnknownValue(SENSITIVE, STRING)}
    try:
        found["content"] = content.decode()
    except UnicodeDecodeError:
        return found
    return {**found, "content_base64": base64.b64encode(content).decode()}


def _template_file(asked: Asked) -> dict[str, Value]:
    from finops_gate.sources.terraform.functions.files import render

    template, variables = asked.argument("template"), asked.argument("vars")
    if not isinstance(template, str):
        return {}
    rendered = render(
        asked.instance.scope, evaluate, "template", template, ObjectValue({}) if variables is None else variables
    )
    return {"rendered": rendered}


def _null(asked: Asked) -> dict[str, Value]:
    inputs = asked.argument("inputs")
    return {"outputs": inputs} if isinstance(inputs, MAPPINGS) else {}


Answer: TypeAlias = Callable[[Asked], dict[str, Value]]

_ANSWERS: dict[str, Answer] = {
    "aws_availability_zones": _aws_zones,
    "aws_default_tags": _default_tags,
    "aws_iam_policy_document": _policy_document,
    "aws_partition": _partition,
    "aws_region": _region,
    "google_compute_zones": _google_zones,
    "local_file": _local_file,
    "local_sensitive_file": _local_file,
    "null_data_source": _null,
    "template_file": _template_file,
}
