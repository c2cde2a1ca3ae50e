from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from finops_gate.costing.what_if import with_changes

GIVEN: dict[str, Any] = {"type": "gp2", "disks": [{"kind": "gp2", "size": Decimal(8)}]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("type", {"type": "gp3", "disks": [{"kind": "gp2", "size": Decimal(8)}]}),
        ("disks[0].kind", {"type": "gp2", "disks": [{"kind": "gp3", "size": Decimal(8)}]}),
        ("iops", {**GIVEN, "iops": "gp3"}),
        ("disks[7].kind", GIVEN),
        ("nothing.here", GIVEN),
    ],
)
def test_sets_what_is_there_and_leaves_the_original(path: str, expected: dict[str, Any]) -> None:
    assert with_changes(GIVEN, {path: "gp3"}) == expected
    assert {"type": "gp2", "disks": [{"kind": "gp2", "size": Decimal(8)}]} == GIVEN
