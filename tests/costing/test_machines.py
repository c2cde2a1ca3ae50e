from __future__ import annotations

import pytest

from finops_gate.costing.machines import bare, traits


@pytest.mark.parametrize(
    ("name", "machine"),
    [
        ("db.r5.xlarge", "r5.xlarge"),
        ("cache.t4g.micro", "t4g.micro"),
        ("c5.large.search", "c5.large"),
        ("c5.large.elasticsearch", "c5.large"),
        ("Standard_D4s_v5", "Standard_D4s_v5"),
    ],
)
def test_what_services_put_around_a_name_comes_off(name: str, machine: str) -> None:
    assert bare(name) == machine


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("m6g.large", 6),
        ("db.r5.xlarge", 5),
        ("u-3tb1.56xlarge", 0),
        ("Standard_D4s_v5", 5),
        ("Standard_D11_v2_Promo", 2),
        ("Basic_A1", 0),
        ("x2iedn.large", 2),
        ("n2d-standard-4", 2),
    ],
)
def test_generations(name: str, number: int) -> None:
    assert traits(name).generation == number


@pytest.mark.parametrize(
    ("offer", "here"),
    [
        ("m7g.large", "m5.large"),
        ("t4g.large", "t3.large"),
        ("c6a.large", "t3.large"),
        ("m6in.large", "m5n.large"),
        ("m5.metal", "c5.metal"),
        ("g6.xlarge", "g5.xlarge"),
        ("Standard_D4ads_v5", "Standard_D4ds_v4"),
        ("Standard_E4s_v5", "Standard_DS12_v2"),
        ("n4-standard-4", "n2-standard-4"),
    ],
)
def test_may_stand_in(offer: str, here: str) -> None:
    assert traits(offer).may_stand_in_for(traits(here))


@pytest.mark.parametrize(
    ("offer", "here"),
    [
        ("m4.large", "m5.large"),
        ("t3.large", "m5.large"),
        ("m7i-flex.large", "m6i.large"),
        ("m6i.large", "m5d.large"),
        ("m6i.large", "m5n.large"),
        ("c6a.metal", "c5.24xlarge"),
        ("m6i.xlarge", "inf1.xlarge"),
        ("m6i.xlarge", "i3.large"),
        ("mac2.metal", "c5.metal"),
        ("Standard_D4_v5", "Standard_D4s_v5"),
        ("Standard_D4s_v5", "Standard_D4ds_v5"),
        ("Standard_B4ms", "Standard_D4s_v3"),
        ("n1-standard-8", "n2-standard-4"),
        ("e2-medium", "n2-standard-2"),
    ],
    ids=[
        "older", "bursts", "bursts, too", "no local disk", "slower network", "bare metal", "no accelerator",
        "no fast disks", "another system", "no premium disks", "no temporary disk", "bursts, on Azure",
        "older, on Google", "shares a core",
    ],
)  # fmt: skip
def test_may_not_stand_in(offer: str, here: str) -> None:
    assert not traits(offer).may_stand_in_for(traits(here))
