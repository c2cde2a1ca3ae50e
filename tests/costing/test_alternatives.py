from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from finops_gate.costing.alternatives import Alternatives, successors
from finops_gate.costing.catalogue import Catalogue, open_catalogue
from finops_gate.costing.estimate import estimate
from finops_gate.costing.models import shipped
from finops_gate.costing.references import References
from finops_gate.costing.subject import Context
from finops_gate.costing.usage import NO_USAGE
from finops_gate.model import Alternative, Range, Resource, Span, Unknown


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return open_catalogue()


def resource(kind: str, region: str = "us-east-1", **attributes: Any) -> Resource:
    return Resource(f"{kind}.x", kind, "terraform", attributes, Span("main.tf", 1), provider="aws", region=region)


def found(catalogue: Catalogue, asked: Resource, *others: Resource) -> dict[str, Alternative]:
    context = Context(catalogue, shipped(), References([asked, *others]), NO_USAGE)
    alternatives = Alternatives(context).of(estimate(asked, context))
    return {alternative.value: alternative for alternative in alternatives}


def test_of_the_same_architecture_first_then_arm(catalogue: Catalogue) -> None:
    """c6i.8xlarge is $1.36 an hour, c6a.8xlarge 1.224 and c6g.8xlarge 1.088, all with 32 vCPUs and 64 GiB."""
    alternatives = found(catalogue, resource("aws_instance", instance_type="c6i.8xlarge"))
    savings = {name: (a.attribute, a.arch, a.saving) for name, a in alternatives.items()}
    assert savings["c6a.8xlarge"] == ("instance_type", "amd64", Decimal("99.28"))
    assert savings["c6g.8xlarge"] == ("instance_type", "arm64", Decimal("198.56"))
    architectures = [a.arch for a in alternatives.values()]
    assert architectures == sorted(architectures)


def test_what_it_would_cost_is_worked_out_by_its_model(catalogue: Catalogue) -> None:
    """730 hours of c6a.8xlarge at 1.224, and 100 GB of gp3 at 0.08 instead of gp2 at 0.10."""
    disk = [{"volume_type": "gp2", "volume_size": Decimal(100)}]
    alternatives = found(catalogue, resource("aws_instance", instance_type="c6i.8xlarge", root_block_device=disk))
    assert alternatives["c6a.8xlarge"].monthly == 730 * Decimal("1.224") + 10
    volume = alternatives["gp3"]
    assert (volume.attribute, volume.arch, volume.saving) == ("root_block_device[0].volume_type", "", 2)


def test_a_volume_without_a_type_is_gp2(catalogue: Catalogue) -> None:
    volume = found(catalogue, resource("aws_ebs_volume", size=Decimal(100)))["gp3"]
    assert (volume.attribute, volume.monthly, volume.saving) == ("type", 8, 2)


def test_windows_does_not_run_on_arm(catalogue: Catalogue) -> None:
    windows = resource("aws_instance", instance_type="c6i.8xlarge")
    context = Context(catalogue, shipped(), References([windows]), Declared({"operating_system": "windows"}))
    architectures = {a.arch for a in Alternatives(context).of(estimate(windows, context))}
    assert architectures == {"amd64"}


class Declared:
    """Usage that is the same for every resource."""

    def __init__(self, usage: dict[str, Any]) -> None:
        self.usage = usage

    def of(self, _: Resource) -> dict[str, Any]:
        return self.usage


def test_services_keep_what_they_put_around_the_name(catalogue: Catalogue) -> None:
    """db.r5.xlarge of MySQL is $0.48 an hour in us-east-1, db.r6g.xlarge 0.43."""
    database = resource("aws_db_instance", engine="mysql", instance_class="db.r5.xlarge", allocated_storage=Decimal(20))
    assert found(catalogue, database)["db.r6g.xlarge"].saving == Decimal("0.05") * 730


def test_each_place_of_a_machine_is_its_own_alternative(catalogue: Catalogue) -> None:
    nodes = {"instance_type": "c5.large.elasticsearch", "instance_count": Decimal(1)}
    masters = {"dedicated_master_enabled": True, "dedicated_master_type": "c5.large.elasticsearch"}
    domain = resource("aws_opensearch_domain", cluster_config=[nodes | masters])
    context = Context(catalogue, shipped(), References([domain]), NO_USAGE)
    places = [(a.attribute, a.value) for a in Alternatives(context).of(estimate(domain, context))]
    assert ("cluster_config[0].instance_type", "c6g.large.elasticsearch") in places
    assert ("cluster_config[0].dedicated_master_type", "c6g.large.elasticsearch") in places
    assert len(places) == len(set(places))


def test_the_machine_of_a_group_is_named_in_its_template(catalogue: Catalogue) -> None:
    """c6i.8xlarge at 1.36 and c6a.8xlarge at 1.224: two of them for a month."""
    template = resource("aws_launch_template", instance_type="c6i.8xlarge")
    group = Resource(
        "aws_autoscaling_group.g", "aws_autoscaling_group", "terraform",
        {"min_size": Decimal(1), "max_size": Decimal(9), "desired_capacity": Decimal(2),
         "launch_template": [{"id": Unknown("known after apply", reference="aws_launch_template.x.id")}]},
        Span("main.tf", 1), references={"launch_template[0].id": "aws_launch_template.x"}, region="us-east-1",
    )  # fmt: skip
    alternative = found(catalogue, group, template)["c6a.8xlarge"]
    assert alternative.attribute == "aws_launch_template.x.instance_type"
    assert alternative.saving == 2 * 730 * Decimal("0.136")
    assert alternative.monthly == 2 * 730 * Decimal("1.224")


def test_never_smaller(catalogue: Catalogue) -> None:
    spec = catalogue.spec("aws", "m5.xlarge")
    assert spec is not None
    asked = resource("aws_db_instance", engine="postgres", instance_class="db.m5.xlarge", allocated_storage=Decimal(20))
    for alternative in found(catalogue, asked).values():
        other = catalogue.spec("aws", alternative.value.removeprefix("db."))
        assert other is not None
        assert all(other[part] >= spec[part] for part in ("vcpu", "memory_gib"))  # type: ignore[operator]
        assert alternative.saving > 0


@pytest.mark.parametrize(
    "asked",
    [
        resource("aws_ebs_volume", type="gp3", size=Decimal(10)),
        resource("aws_instance", instance_type=Unknown("not declared")),
        resource("aws_instance", instance_type="no.such"),
        resource("aws_eip"),
        resource("no_such_type"),
    ],
    ids=["no successor", "unknown type", "unpriced type", "no machine", "no model"],
)
def test_nothing_where_there_is_nothing_to_compare(asked: Resource, catalogue: Catalogue) -> None:
    assert found(catalogue, asked) == {}


def test_nothing_where_it_is_not_known_how_many_there_are(catalogue: Catalogue) -> None:
    one = resource("aws_instance", instance_type="c6i.8xlarge")
    many = Resource(one.address, one.type, "terraform", one.attributes, one.span, region=one.region,
                    instances=Range.exact(Unknown("count is not known")))  # fmt: skip
    assert found(catalogue, many) == {}


def test_successors_are_priced(catalogue: Catalogue) -> None:
    """A misspelt kind would be an alternative that never comes."""
    for (provider, service, kind), successor in successors().items():
        for name in (kind, successor):
            assert catalogue.price(provider, "us-east-1", f"{service}|{name}", "storage"), name
