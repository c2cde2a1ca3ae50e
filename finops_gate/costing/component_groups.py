"""Groups of components in a cost model: what they have in common is written once.

- under: Glacier deep archive
  when: deep_archive
  price: {key: s3|deep-archive}
  components:
    - {name: Storage, unit: GB-month, price: {component: storage}, quantity: usage.deep_archive.storage_gb}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def ungrouped(written: Sequence[Mapping[str, Any]], path: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The components of a list, each with its path; those of a group have its keys, too."""
    for i, value in enumerate(written):
        if "components" not in value:
            yield value, f"{path}[{i}]"
            continue
        group = {key: shared for key, shared in value.items() if key != "components"}
        for inner, place in ungrouped(value["components"], f"{path}[{i}].components"):
            yield within(group, inner), place


def within(group: Mapping[str, Any], inner: Mapping[str, Any]) -> Mapping[str, Any]:
    """A component with the keys of its group. What both have is the component's; `when` must hold of both."""
    merged = {**group, **inner}
    if "price" in group and "price" in inner:
        merged["price"] = {**group["price"], **inner["price"]}
    if "when" in group and "when" in inner:
        merged["when"] = f"({group['when']}) and ({inner['when']})"
    return merged
