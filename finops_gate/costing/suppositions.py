"""`--what-if ADDRESS.KEY=VALUE`, as it is written, and what it names.

    aws_lambda_function.api.monthly_requests=x100     a factor on what is declared
    aws_s3_bucket.*.standard.storage_gb=5000          a figure instead of it, for every address that the glob fits
    aws_autoscaling_group.web[*].desired_capacity=20  an attribute
    prod/Deployment/web.replicas=20

Addresses and keys hold dots themselves, so a path is split where that makes a resource and a key of its type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_gate.costing.model_definition import UsageKey, UsageKeys
from finops_gate.costing.models import Models
from finops_gate.errors import ConfigurationError
from finops_gate.expression import nearest
from finops_gate.model import Resource

HOW = "write it as ADDRESS.KEY=VALUE or ADDRESS.KEY=xFACTOR, as in aws_lambda_function.api.monthly_requests=x100"
MOST = Decimal(10) ** 15
"""The largest figure that anybody means."""

REPLICAS = "replicas_range"
"""The attribute that holds what a workload's author calls `replicas`."""

_ALIASES = {"replicas": REPLICAS, "spec.replicas": REPLICAS}
_FIGURE = re.compile(r"\d[\d_]{0,30}(?:\.\d{1,30})?(?:[eE]\d{1,2})?")
_WORDS = {"true": True, "false": False, "null": None}
_ANYTHING = "\0"
_WILD = {"[*]": r"\[[^\[\]]*\]", "*": _ANYTHING, "?": "."}
_TOKEN = re.compile(r"\[\*\]|[*?\[]|[^*?\[]+")


@dataclass(frozen=True, slots=True)
class Supposition:
    """What is supposed of a path: the `factor` where it is one, else the `value`."""

    written: str
    path: str
    value: Any = None
    factor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A key of a resource: a usage key where `usage` is set, else an attribute; empty where the path names none."""

    resource: Resource
    key: str
    usage: UsageKey | None = None


def parse(written: str) -> Supposition:
    """A supposition as it stands on the command line. Raises ConfigurationError with the form."""
    cut = next(_outside_quotes(written, "="), -1)
    path, text = written[:cut].strip(), written[cut + 1 :].strip()
    if cut < 1 or "." not in path or not text:
        raise ConfigurationError(f"--what-if {written}: {HOW}")
    if text[0] in "xX" and _FIGURE.fullmatch(text[1:]):
        return Supposition(written, path, factor=_figure(text[1:], written))
    if _FIGURE.fullmatch(text):
        return Supposition(written, path, _figure(text, written))
    return Supposition(written, path, _WORDS.get(text, text))


def _figure(text: str, written: str) -> Decimal:
    found = Decimal(text)
    if found > MOST:
        raise ConfigurationError(f"--what-if {written}: {text} is beyond any sensible size")
    return found


def _outside_quotes(text: str, wanted: str) -> Iterator[int]:
    """Where a character stands that is in no quotes: the keys of a `for_each` hold any."""
    quoted = False
    for i, character in enumerate(text):
        quoted ^= character == '"'
        if character == wanted and not quoted:
            yield i


def named_by(path: str, resources: Sequence[Resource], models: Models) -> list[Named]:
    """What a path names, by the longest address that leaves a key; where none does, the resources without one."""
    addressed: list[Named] = []
    for address, key in splits(path):
        pattern = _pattern(address)
        found = [r for r in resources if pattern.fullmatch(r.address)]
        named = [n for r in found if (n := _key_of(r, key, models))]
        if named:
            return named
        addressed = addressed or [Named(r, "") for r in found]
    return addressed


def splits(path: str) -> list[tuple[str, str]]:
    """(address, key) for each dot that is in no quotes, the longest address first."""
    cuts = sorted(_outside_quotes(path, "."), reverse=True)
    return [(path[:cut], path[cut + 1 :]) for cut in cuts if 0 < cut < len(path) - 1]


def _pattern(address: str) -> re.Pattern[str]:
    """A glob as a pattern that never goes back behind a `*` it has passed, so that no glob takes long.

    A lookahead and a reference to what it found are the atomic group that Python has only since 3.11.
    """
    first, *rest = "".join(_WILD.get(part) or re.escape(part) for part in _TOKEN.findall(address)).split(_ANYTHING)
    passed = (f"(?=(?P<g{i}>.*?{chunk}))(?P=g{i})" for i, chunk in enumerate(rest[:-1]))
    return re.compile(first + "".join(passed) + "".join(f".*{chunk}" for chunk in rest[-1:]), re.DOTALL)


def _key_of(resource: Resource, key: str, models: Models) -> Named | None:
    """The usage key of that name, else the attribute that is priced, or stands in the code."""
    usage = usage_key(models.usage_keys(resource.type), key)
    if usage is not None:
        return Named(resource, key, usage)
    if _ALIASES.get(key) in resource.attributes:
        return Named(resource, _ALIASES[key])
    model = models.get(resource.type)
    known = {*resource.attributes, *(model.attributes if model else ())}
    return Named(resource, key) if first_step(key) in known else None


def first_step(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def usage_key(keys: UsageKeys, path: str) -> UsageKey | None:
    """The usage key at `standard.storage_gb`; below one that holds any names each is a forecast."""
    found: Any = keys
    for i, step in enumerate(steps := path.split(".")):
        if isinstance(found, UsageKey):
            return UsageKey(found.about) if found.by and i == len(steps) - 1 else None
        found = found.get(step)
        if found is None:
            return None
    return found if isinstance(found, UsageKey) and not found.by else None


def key_paths(keys: UsageKeys, above: str = "") -> Iterator[tuple[str, UsageKey]]:
    """The usage keys by their paths, nested ones with dots."""
    for name, key in keys.items():
        if isinstance(key, UsageKey):
            yield above + name, key
        else:
            yield from key_paths(key, f"{above}{name}.")


def mistake(path: str, resources: Sequence[Resource], models: Models) -> str:
    """What is wrong with a path that names no key: its address or its key, with the nearest that there is."""
    hint = ""
    for address, key in splits(path):
        pattern = _pattern(address)
        resource = next((r for r in resources if pattern.fullmatch(r.address)), None)
        if resource is not None:
            model = models.get(resource.type)
            usage = [name for name, _ in key_paths(models.usage_keys(resource.type))]
            known = [*usage, *(model.attributes if model else ())]
            return f"{resource.type} has no usage key or attribute `{key}`{nearest(key, known)}"
        hint = hint or nearest(address, {r.address for r in resources})
    return f"no resource has such an address{hint}"
