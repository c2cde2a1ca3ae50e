"""Resources that are alike in all that their model looks at cost the same, and are priced once.

Instances of one block mostly are, and so is nearly everything before and after a change. What a model looks at is known
beforehand (its attributes, the region, the usage) but for other resources and the resource's own address and tags: an
estimate that looked at those is not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from finops_gate.costing.model_definition import Model
from finops_gate.model import Estimate, Resource


class Alike:
    """The estimates made so far, by what they hang on. `looked_beyond` is set by whatever looks at anything else."""

    __slots__ = ("_made", "looked_beyond")

    def __init__(self) -> None:
        self._made: dict[bytes, Estimate] = {}
        self.looked_beyond = False

    def find(self, key: bytes, resource: Resource) -> Estimate | None:
        """The estimate of a resource that another is like."""
        made = self._made.get(key)
        if made is None:
            return None
        return Estimate(resource, made.components, made.coverage, made.why, made.assumptions, made.extra)

    def keep(self, key: bytes, made: Estimate) -> None:
        if not self.looked_beyond:
            self._made[key] = made


def likeness(model: Model, attributes: Mapping[str, Any], resource: Resource, usage: Mapping[str, Any]) -> bytes:
    """All that an estimate hangs on. By its text, which tells 1 from 1.0 and from true, and has an unknown's origin."""
    seen = [attributes.get(name) for name in model.attributes]
    text = repr((model.path, model.type, seen, resource.region, resource.instances, dict(usage)))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Itself(dict[str, Any]):
    """The resource as expressions see it; whoever looks at it has an estimate of their own."""

    __slots__ = ("_alike",)

    def __init__(self, values: Mapping[str, Any], alike: Alike) -> None:
        super().__init__(values)
        self._alike = alike

    def get(self, name: str, default: Any = None) -> Any:
        self._alike.looked_beyond = True
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self._alike.looked_beyond = True
        return super().__getitem__(name)
