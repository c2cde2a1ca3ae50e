"""The catalogue of attributes, held against what the providers are known to have."""

from typing import Any

import pytest

from finops_gate.errors import ConfigurationError
from finops_gate.policy.attributes import (
    check_attribute,
    has_attribute,
    is_taggable,
    listed_types,
    shape_of,
    types_like,
)
from finops_gate.policy.load import shipped_drafts
from finops_gate.policy.matchers import listed
from finops_gate.policy.paths import parse_path
from finops_gate.policy.scope import CONTAINER


@pytest.mark.parametrize(
    ("resource_type", "path"),
    [
        ("aws_instance", "root_block_device[*].volume_type"),
        ("aws_launch_template", "block_device_mappings[*].ebs[*].volume_type"),
        ("aws_ebs_volume", "tags.anything"),
        ("azurerm_linux_virtual_machine", "os_disk[*].disk_size_gb"),
        ("google_compute_instance", "boot_disk[*].initialize_params[*].size"),
        ("kubernetes:Deployment", "spec.template.spec.containers[*].resources.requests.cpu"),
        ("kubernetes:Deployment", "replicas_range"),
        ("kubernetes:CronJob", "spec.jobTemplate.spec.template.spec.containers[0].image"),
        (CONTAINER, "memory_limit_gib"),
        ("ci:job", "timeout-minutes"),
        ("ci:job", "strategy.matrix.os"),
        ("some_type_nobody_listed", "whatever"),
    ],
)
def test_attributes_that_exist(resource_type: str, path: str) -> None:
    assert has_attribute(resource_type, parse_path(path))


@pytest.mark.parametrize(
    ("globs", "path", "said"),
    [
        (["aws_ebs_volume"], "volume_type", "no attribute `volume_type`"),
        (["aws_instance"], "root_block_device[*].volume_tpye", "did you mean `volume_type`?"),
        (["aws_ebs_volume", "aws_instance"], "instanec_type", "did you mean `instance_type`?"),
        (["kubernetes:Deployment"], "spec.replcas", "did you mean `replicas`?"),
        (["ci:job"], "timeout-minute", "did you mean `timeout-minutes`?"),
        (["aws_ebs_*"], "sise", "did you mean `size`?"),
        ([], "no_such_attribute_anywhere", "no resource type has"),
    ],
)
def test_a_misspelt_attribute_is_an_error(globs: list[str], path: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        check_attribute(globs, parse_path(path))
    assert said in error.value.message


def test_a_type_that_is_not_listed_cannot_be_checked() -> None:
    assert types_like(["aws_ebs_volume", "datadog_monitor"]) is None
    check_attribute(["datadog_monitor"], parse_path("anything"))


@pytest.mark.parametrize(
    ("resource_type", "expected"),
    [
        ("aws_ebs_volume", True),
        ("aws_autoscaling_group", True),
        ("aws_route", False),
        ("google_compute_instance", True),
        ("azurerm_managed_disk", True),
        ("kubernetes:Deployment", True),
        ("ci:job", False),
        ("some_type_nobody_listed", False),
    ],
)
def test_which_types_take_tags(resource_type: str, expected: bool) -> None:
    assert is_taggable(resource_type) is expected


def test_every_line_of_the_catalogue_is_a_type_with_attributes() -> None:
    assert len(listed_types()) > 3_500
    assert all(shape_of(name) for name in listed_types())


@pytest.mark.parametrize("draft", list(shipped_drafts()), ids=lambda draft: draft.source["id"])
def test_every_type_a_shipped_policy_names_is_listed(draft: Any) -> None:
    assert types_like(listed(draft.source.get("scope", {}).get("resources", []))) is not None
