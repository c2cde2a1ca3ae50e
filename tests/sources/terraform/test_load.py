"""Configurations become resources: addresses, values, regions, tags, places."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import ONCE, UNBOUNDED, Loaded, Range, Resource, Unknown
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import WorkingTree

Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads files given as text by path; keyword arguments are the Terraform settings."""

    def run(files: dict[str, str] | str, **settings: Any) -> Loaded:
        for path, text in ({"main.tf": files} if isinstance(files, str) else files).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        tree = WorkingTree(tmp_path)
        paths = [path for path in tree.paths() if terraform.matches(path)]
        return terraform.load(tree, paths, Settings(root=str(tmp_path), terraform=settings))

    return run


def only(loaded: Loaded) -> Resource:
    assert len(loaded.resources) == 1
    return loaded.resources[0]


def addresses(loaded: Loaded) -> list[str]:
    return [resource.address for resource in loaded.resources]


def codes(loaded: Loaded) -> list[str]:
    return [notice.code for notice in loaded.notices]


def test_values_of_every_kind(load: Load) -> None:
    resource = only(
        load(
            """
            locals { sizes = { small = 10 } }
            resource "x_y" "z" {
              text  = "a${1 + 1}"
              size  = local.sizes["small"]
              flag  = true
              none  = null
              names = toset(["b", "a"])
              map   = { k = [1] }
              block { inner { n = 1 } }
              block {}
            }
            """
        )
    )
    assert resource.attributes == {
        "text": "a2",
        "size": Decimal(10),
        "flag": True,
        "none": None,
        "names": ["a", "b"],
        "map": {"k": [Decimal(1)]},
        "block": [{"inner": [{"n": Decimal(1)}]}, {}],
    }


def test_variables_in_order_of_precedence(load: Load) -> None:
    names = ["env", "tfvars", "auto", "file", "setting"]
    variables = "".join(f'variable "{name}" {{ default = "default" }}\n' for name in ["default", *names])
    body = "\n".join(f"{name} = var.{name}" for name in ["default", *names])

    def given(source: str) -> str:
        return "".join(f'{name} = "{source}"\n' for name in names[names.index(source) :])

    loaded = load(
        {
            "main.tf": f'{variables} resource "x_y" "z" {{\n{body}\n}}',
            "terraform.tfvars": given("tfvars"),
            "b.auto.tfvars": given("auto"),
            "extra/my.tfvars": given("file"),
        },
        environment=dict.fromkeys(names, "env"),
        var_files=["extra/my.tfvars"],
        vars={"setting": "setting"},
    )
    assert only(loaded).attributes == {name: name for name in ["default", *names]}


@pytest.mark.parametrize(
    ("type", "given", "value"),
    [
        ("number", "3", Decimal(3)),
        ("list(string)", '["a", "b"]', ["a", "b"]),
        ("list(string)", ["a", 1], ["a", "1"]),
        ("map(number)", {"a": "1"}, {"a": Decimal(1)}),
        ("object({a = string, b = optional(number, 8)})", {"a": 1}, {"a": "1", "b": Decimal(8)}),
        ("set(string)", ["b", "a", "b"], ["a", "b"]),
    ],
)
def test_a_variable_has_the_value_given_in_its_type(load: Load, type: str, given: Any, value: Any) -> None:
    loaded = load(f'variable "v" {{ type = {type} }}\nresource "x_y" "z" {{ v = var.v }}', vars={"v": given})
    assert only(loaded).attributes["v"] == value


def test_a_variable_of_the_wrong_type_is_an_error_at_its_place(load: Load) -> None:
    files = {
        "main.tf": 'variable "n" { type = number }\nresource "x_y" "z" { n = var.n }',
        "terraform.tfvars": 'n = "a"',
    }
    loaded = load(files)
    (notice,) = loaded.notices
    assert (notice.code, notice.severity) == ("evaluation-error", "error")
    assert notice.span is not None
    assert (notice.span.path, notice.span.line, notice.span.column) == ("terraform.tfvars", 1, 5)
    assert isinstance(only(loaded).attributes["n"], Unknown)


def test_what_nobody_declares_is_unknown_and_says_where(load: Load) -> None:
    size = only(load('variable "size" {}\nresource "x_y" "z" { size = upper("a${var.size}") }')).attributes["size"]
    assert isinstance(size, Unknown)
    assert size.reason == "var.size has no value"
    assert size.origin is not None
    assert (size.origin.line, size.origin.column) == (1, 1)


def test_an_unknown_condition_leaves_its_choices(load: Load) -> None:
    value = only(load('variable "p" {}\nresource "x_y" "z" { n = var.p ? 2 : 5 }')).attributes["n"]
    assert isinstance(value, Unknown)
    assert value.choices == (Decimal(2), Decimal(5))


@pytest.mark.parametrize("key", ["local.sizes[var.env]", "lookup(local.sizes, var.env)", "local.list[var.n]"])
def test_an_unknown_key_leaves_the_elements_to_choose_from(load: Load, key: str) -> None:
    code = 'variable "env" {}\nvariable "n" {}\nlocals {\n sizes = { dev = "s", prod = "l" }\n list = ["s", "l"]\n}\n'
    value = only(load(code + f'resource "x_y" "z" {{ size = {key} }}')).attributes["size"]
    assert isinstance(value, Unknown)
    assert sorted(value.choices) == ["l", "s"]


def test_a_slice_of_an_unknown_list_has_a_known_length(load: Load) -> None:
    zones = (
        'data "aws_availability_zones" "z" {}\nlocals { zones = slice(data.aws_availability_zones.z.names, 0, 2) }\n'
    )
    loaded = load(zones + 'resource "x_y" "z" { count = length(local.zones) }')
    assert addresses(loaded) == ["x_y.z[0]", "x_y.z[1]"]


def test_tags_are_texts(load: Load) -> None:
    assert only(load('resource "aws_eip" "e" { tags = { n = 1.50, b = true } }')).tags == {"n": "1.5", "b": "true"}


def test_what_each_instance_is_like_is_known_though_their_number_is_not(load: Load) -> None:
    code = 'variable "n" {}\nresource "x_a" "a" {\n count = var.n\n size = 5\n}\n'
    loaded = load(code + 'resource "x_b" "b" { size = x_a.a[0].size }')
    assert loaded.resources[1].attributes == {"size": Decimal(5)}


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ("count = 2", ["x_y.z[0]", "x_y.z[1]"]),
        ("count = 0", []),
        ('for_each = toset(["b", "a"])', ['x_y.z["a"]', 'x_y.z["b"]']),
        ("for_each = { k = 1 }", ['x_y.z["k"]']),
        ('for_each = toset(["a\\"b${1}", "$${c}"])', ['x_y.z["$${c}"]', 'x_y.z["a\\"b1"]']),
        ("for_each = {}", []),
    ],
)
def test_count_and_for_each_make_instances(load: Load, meta: str, expected: list[str]) -> None:
    assert addresses(load(f'resource "x_y" "z" {{ {meta} }}')) == expected


def test_each_and_count_in_attributes(load: Load) -> None:
    loaded = load(
        """
        resource "x_a" "c" {
          count = 2
          n = count.index
        }
        resource "x_b" "e" {
          for_each = { k = { size = 4 } }
          key  = each.key
          size = each.value.size
          of_c = x_a.c[1].n
        }
        """
    )
    assert [r.attributes for r in loaded.resources] == [
        {"n": Decimal(0)},
        {"n": Decimal(1)},
        {"key": "k", "size": Decimal(4), "of_c": Decimal(1)},
    ]


@pytest.mark.parametrize("meta", ["count = var.v", "for_each = var.v"])
def test_an_unknown_number_of_instances_is_a_range_and_a_notice(load: Load, meta: str) -> None:
    loaded = load(f'variable "v" {{}}\nresource "x_y" "z" {{ {meta} }}')
    assert only(loaded).instances == Range(Decimal(0), Decimal(1), UNBOUNDED)
    (notice,) = loaded.notices
    assert notice.severity == "info"
    assert "var.v has no value" in notice.message


def test_an_unknown_choice_of_counts_is_the_range_of_both(load: Load) -> None:
    loaded = load('variable "p" {}\nresource "x_y" "z" { count = var.p ? 3 : 1 }')
    assert [(r.address, r.instances.floor) for r in loaded.resources] == [
        ("x_y.z[0]", 1),
        ("x_y.z[1]", 0),
        ("x_y.z[2]", 0),
    ]
    assert loaded.resources[0].instances == ONCE


def test_an_unknown_choice_of_maps_is_every_key_of_both(load: Load) -> None:
    loaded = load('variable "p" {}\nresource "x_y" "z" { for_each = var.p ? { a = 1, b = 2 } : { a = 1 } }')
    assert [(r.address, r.instances.floor) for r in loaded.resources] == [('x_y.z["a"]', 1), ('x_y.z["b"]', 0)]


def test_more_instances_than_anyone_lists_are_one_with_a_number(load: Load) -> None:
    assert only(load('resource "x_y" "z" { count = 1000000 }')).instances == Range.exact(1_000_000)


def test_dynamic_blocks(load: Load) -> None:
    loaded = load(
        """
        resource "x_y" "z" {
          disk { size = 1 }
          dynamic "disk" {
            for_each = { a = 2, b = 3 }
            content {
              name = disk.key
              size = disk.value
              dynamic "part" {
                for_each = [10]
                iterator = it
                content { n = it.value + disk.value }
              }
            }
          }
        }
        """
    )
    assert only(loaded).attributes["disk"] == [
        {"size": Decimal(1)},
        {"name": "a", "size": Decimal(2), "part": [{"n": Decimal(12)}]},
        {"name": "b", "size": Decimal(3), "part": [{"n": Decimal(13)}]},
    ]


def test_an_unknown_number_of_dynamic_blocks_is_an_unknown_block(load: Load) -> None:
    loaded = load(
        'variable "v" {}\nresource "x_y" "z" {\n disk { size = 1 }\n dynamic "disk" {\n'
        " for_each = var.v\n content { size = disk.value }\n }\n}"
    )
    known, unknown = only(loaded).attributes["disk"]
    assert known == {"size": Decimal(1)}
    assert isinstance(unknown, Unknown)


MODULES = {
    "main.tf": """
        module "a" {
          source   = "./modules/outer"
          for_each = { x = 1, y = 2 }
          n        = each.value
        }
        resource "x_y" "sum" { total = module.a["y"].total }
        """,
    "modules/outer/main.tf": """
        variable "n" { type = number }
        module "b" {
          source = "../inner"
          count  = var.n
          size   = 10 * var.n
        }
        output "total" { value = sum(module.b[*].size) }
        """,
    "modules/inner/main.tf": """
        variable "size" {}
        resource "x_y" "z" { size = var.size }
        output "size" { value = x_y.z.size }
        """,
}


def test_modules_expand_only_through_their_callers(load: Load) -> None:
    loaded = load(MODULES)
    sizes = {resource.address: list(resource.attributes.values()) for resource in loaded.resources}
    assert sizes == {
        'module.a["x"].module.b[0].x_y.z': [Decimal(10)],
        'module.a["y"].module.b[0].x_y.z': [Decimal(20)],
        'module.a["y"].module.b[1].x_y.z': [Decimal(20)],
        "x_y.sum": [Decimal(40)],
    }
    assert {resource.project for resource in loaded.resources} == {""}
    assert not loaded.notices


def test_a_directory_alone_is_a_root_of_its_own(load: Load) -> None:
    resource = only(load({"modules/inner/main.tf": MODULES["modules/inner/main.tf"]}))
    assert (resource.address, resource.project) == ("x_y.z", "modules/inner")


@pytest.mark.parametrize(
    ("source", "code", "severity"),
    [
        ("terraform-aws-modules/vpc/aws", "module-not-downloaded", "info"),
        ("git::https://example.com/vpc.git", "module-not-downloaded", "info"),
        ("./nowhere", "module-not-found", "error"),
        ("../../outside", "module-not-found", "error"),
    ],
)
def test_modules_that_are_not_here(load: Load, source: str, code: str, severity: str) -> None:
    loaded = load(f'module "vpc" {{ source = "{source}" }}\nresource "x_y" "z" {{ vpc = module.vpc.id }}')
    (notice,) = loaded.notices
    assert (notice.code, notice.severity) == (code, severity)
    assert notice.message.startswith("module.vpc: ")
    assert isinstance(only(loaded).attributes["vpc"], Unknown)


def test_a_module_that_calls_itself_is_an_error(load: Load) -> None:
    loaded = load({"main.tf": 'module "a" { source = "./m" }', "m/main.tf": 'module "b" { source = "../m" }'})
    assert codes(loaded) == ["dependency-cycle"]


def test_cycles_are_errors_that_name_the_way_round(load: Load) -> None:
    loaded = load('locals {\n a = local.b\n b = [local.a]\n}\nresource "x_y" "z" { a = local.a }')
    (notice,) = loaded.notices
    assert (notice.code, notice.severity) == ("dependency-cycle", "error")
    assert "local.a -> local.b -> local.a" in notice.message


def test_long_chains_cost_no_stack(load: Load) -> None:
    links = "\n".join(f"l{i} = local.l{i + 1}" for i in range(3_000))
    loaded = load(f'locals {{\n{links}\nl3000 = "end"\n}}\nresource "x_y" "z" {{ a = local.l0 }}')
    assert only(loaded).attributes == {"a": "end"}


PROVIDERS = """
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { team = "shop", env = "prod" }
  }
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
"""


def test_tags_and_region_of_the_provider(load: Load) -> None:
    loaded = load(
        {
            "main.tf": PROVIDERS
            + """
            resource "aws_s3_bucket" "a" { tags = { env = "dev" } }
            resource "aws_s3_bucket" "b" { provider = aws.west }
            resource "aws_s3_bucket" "c" { region = "eu-central-1" }
            module "m" {
              source    = "./m"
              providers = { aws = aws.west }
            }
            module "n" { source = "./m" }
            """,
            "m/main.tf": 'resource "aws_s3_bucket" "d" {}',
        }
    )
    found = {r.address: (r.region, r.tags) for r in loaded.resources}
    shop = {"team": "shop", "env": "prod"}
    assert found == {
        "aws_s3_bucket.a": ("eu-west-1", {"team": "shop", "env": "dev"}),
        "aws_s3_bucket.b": ("us-west-2", {}),
        "aws_s3_bucket.c": ("eu-central-1", shop),
        "module.m.aws_s3_bucket.d": ("us-west-2", {}),
        "module.n.aws_s3_bucket.d": ("eu-west-1", shop),
    }


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ('resource "azurerm_managed_disk" "x" { location = "West Europe" }', "westeurope"),
        ('resource "google_compute_disk" "x" { zone = "us-central1-a" }', "us-central1"),
        ('provider "google" { region = "europe-west1" }\nresource "google_compute_disk" "x" {}', "europe-west1"),
        ('provider "google" { zone = "europe-west1-b" }\nresource "google_compute_disk" "x" {}', "europe-west1"),
        ('resource "google_storage_bucket" "x" { location = "US" }', "US"),
        ('resource "aws_s3_bucket" "x" {}', None),
    ],
)
def test_regions_of_other_providers(load: Load, code: str, region: str | None) -> None:
    assert only(load(code)).region == region


def test_a_default_region_is_a_setting(load: Load) -> None:
    assert only(load('resource "aws_s3_bucket" "x" {}', default_region="us-east-1")).region == "us-east-1"


def test_an_unknown_region_stays_unknown(load: Load) -> None:
    loaded = load(
        'variable "r" {}\nprovider "aws" { region = var.r }\nresource "aws_s3_bucket" "x" {}', default_region="x"
    )
    assert isinstance(only(loaded).region, Unknown)


def test_google_labels_are_tags(load: Load) -> None:
    loaded = load(
        'provider "google" { default_labels = { a = "1", b = "1" } }\n'
        'resource "google_compute_disk" "x" { labels = { b = "2" } }'
    )
    assert only(loaded).tags == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    ("code", "tags"),
    [
        ('resource "aws_sqs_queue" "x" {}', {"team": "shop", "env": "prod"}),
        ('resource "aws_route_table_association" "x" { subnet_id = "s" }', {}),
        ('resource "aws_autoscaling_group" "x" { min_size = 1 }', {}),
        ('resource "aws_not_in_the_catalogue" "x" {}', {"team": "shop", "env": "prod"}),
        ('provider "google" { default_labels = { a = "1" } }\nresource "google_project_service" "x" {}', {}),
        ('resource "awscc_s3_bucket" "x" { tags = [{ key = "a", value = 1 }] }', {"a": "1"}),
    ],
)
def test_default_tags_reach_the_types_that_take_them(load: Load, code: str, tags: dict[str, str]) -> None:
    assert only(load(PROVIDERS + code)).tags == tags


def test_resources_are_joined_by_references(load: Load) -> None:
    loaded = load(
        {
            "main.tf": """
            resource "aws_launch_template" "t" {
              count = 1
              name  = "known"
            }
            locals { template = aws_launch_template.t[0].id }
            module "m" {
              source   = "./m"
              template = local.template
            }
            resource "aws_autoscaling_group" "by_name" {
              launch_template { name = aws_launch_template.t[0].name }
            }
            output "x" { value = module.m.group }
            resource "aws_autoscaling_policy" "p" { group = module.m.group }
            """,
            "m/main.tf": """
            variable "template" {}
            resource "aws_autoscaling_group" "g" {
              launch_template { id = var.template }
            }
            output "group" { value = aws_autoscaling_group.g.name }
            """,
        }
    )
    found = {r.address: r for r in loaded.resources}
    group = found["module.m.aws_autoscaling_group.g"]
    assert group.references == {"launch_template[0].id": "aws_launch_template.t[0]"}
    assert group.attributes["launch_template"][0]["id"].reference == "aws_launch_template.t[0].id"
    by_name = found["aws_autoscaling_group.by_name"]
    assert by_name.attributes == {"launch_template": [{"name": "known"}]}
    assert by_name.references == {"launch_template[0].name": "aws_launch_template.t[0]"}
    assert found["aws_autoscaling_policy.p"].references == {"group": "module.m.aws_autoscaling_group.g"}


def test_a_text_around_one_resource_refers_to_it(load: Load) -> None:
    loaded = load(
        """
        resource "aws_dynamodb_table" "t" { name = "orders" }
        locals { id = "table/${aws_dynamodb_table.t.name}" }
        resource "aws_appautoscaling_target" "x" {
          resource_id = local.id
          role_arn    = "${aws_dynamodb_table.t.arn}/${aws_dynamodb_table.t.id}"
        }
        """
    )
    target = loaded.resources[0]
    assert target.attributes["resource_id"] == "table/orders"
    assert target.references == {"resource_id": "aws_dynamodb_table.t", "role_arn": "aws_dynamodb_table.t"}
    assert target.origins["resource_id"].line == 3


def test_a_text_of_several_expressions_joins_if_they_name_one_resource(load: Load) -> None:
    """The usual way to name a revision of a task definition."""
    loaded = load(
        """
        resource "aws_ecs_task_definition" "t" { family = "web" }
        resource "aws_ecs_task_definition" "u" { family = "worker" }
        resource "aws_ecs_service" "one" {
          task_definition = "${aws_ecs_task_definition.t.family}:${aws_ecs_task_definition.t.revision}"
        }
        resource "aws_ecs_service" "newest" {
          task_definition = "${aws_ecs_task_definition.t.family}:${max(aws_ecs_task_definition.t.revision, var.known)}"
        }
        resource "aws_ecs_service" "either" {
          task_definition = "${aws_ecs_task_definition.t.family}:${aws_ecs_task_definition.u.revision}"
        }
        variable "known" {}
        """
    )
    references = {resource.address: resource.references for resource in loaded.resources}
    assert references["aws_ecs_service.one"] == {"task_definition": "aws_ecs_task_definition.t"}
    assert references["aws_ecs_service.newest"] == {"task_definition": "aws_ecs_task_definition.t"}
    assert references["aws_ecs_service.either"] == {}


def test_a_data_source_is_no_resource_and_no_reference(load: Load) -> None:
    resource = only(load('data "aws_ami" "a" {}\nresource "x_y" "z" { ami = data.aws_ami.a.id }'))
    assert resource.attributes["ami"].reason == "data.aws_ami.a.id is read from the cloud"
    assert resource.references == {}


def test_the_region_data_source_knows_the_provider(load: Load) -> None:
    loaded = load(
        PROVIDERS + 'data "aws_region" "now" {}\nresource "x_y" "z" { zone = "${data.aws_region.now.name}a" }'
    )
    assert only(loaded).attributes["zone"] == "eu-west-1a"


def test_every_attribute_has_its_place(load: Load) -> None:
    resource = only(
        load('resource "x_y" "z" {\n  size = 10\n  disk {\n    type = "gp2"\n  }\n  tags = {\n    Name = "n"\n  }\n}\n')
    )
    places = {path: (span.line, span.column, span.end_column) for path, span in resource.spans.items()}
    assert places == {
        "size": (2, 10, 12),
        "disk[0]": (3, 3, 8),
        "disk[0].type": (4, 12, 17),
        "tags": (6, 10, 4),
        "tags.Name": (7, 12, 15),
    }
    assert (resource.span.line, resource.span.column) == (1, 1)


def test_origins_lead_to_where_a_value_is_written(load: Load) -> None:
    loaded = load(
        {
            "main.tf": 'resource "x_y" "z" {\n  a = var.a\n  b = var.b\n  c = local.c\n  d = 1\n}',
            "variables.tf": 'variable "a" { default = 1 }\nvariable "b" {}\nlocals {\n  c = 3\n}\n',
            "terraform.tfvars": "b = 2\n",
        }
    )
    origins = {path: (span.path, span.line, span.column) for path, span in only(loaded).origins.items()}
    assert origins == {"a": ("variables.tf", 1, 26), "b": ("terraform.tfvars", 1, 5), "c": ("variables.tf", 4, 7)}


def test_moved_blocks_tell_the_earlier_address(load: Load) -> None:
    loaded = load(
        {
            "main.tf": """
            moved {
              from = x_y.older
              to   = x_y.old
            }
            moved {
              from = x_y.old
              to   = x_y.new
            }
            moved {
              from = module.a
              to   = module.b["k"]
            }
            resource "x_y" "new" { count = 1 }
            module "b" {
              source   = "./m"
              for_each = toset(["k"])
            }
            """,
            "m/main.tf": 'resource "x_y" "z" {}',
        }
    )
    assert {r.address: r.moved_from for r in loaded.resources} == {
        "x_y.new[0]": ("x_y.old[0]", "x_y.older[0]", "x_y.new"),
        'module.b["k"].x_y.z': ("module.a.x_y.z", 'module.b["k"].x_y.z[0]'),
    }


def test_a_syntax_error_hides_nothing_else(load: Load) -> None:
    loaded = load('resource "x_y" "good" {}\nresource "x_y" "bad" {\n  a = = 1\n}\nresource "x_y" "later" {}\n')
    (notice,) = [n for n in loaded.notices if n.code == "syntax-error"]
    assert notice.severity == "error"
    assert notice.span is not None
    assert notice.span.line == 3
    assert {"x_y.good", "x_y.later"} <= set(addresses(loaded))


def test_tofu_files_replace_terraform_files_of_the_same_name(load: Load) -> None:
    loaded = load({"a.tf": 'resource "x_y" "a" {}', "a.tofu": 'resource "x_y" "b" {}', "c.tf": 'resource "x_y" "c" {}'})
    assert addresses(loaded) == ["x_y.b", "x_y.c"]


def test_override_files_replace_attributes(load: Load) -> None:
    loaded = load({"a.tf": 'resource "x_y" "a" {\n a = 1\n b = 1\n}', "a_override.tf": 'resource "x_y" "a" { b = 2 }'})
    assert only(loaded).attributes == {"a": Decimal(1), "b": Decimal(2)}
    assert str(only(loaded).spans["b"]) == "a_override.tf:1:26"


def test_a_name_declared_twice_is_an_error(load: Load) -> None:
    loaded = load('resource "x_y" "a" { n = 1 }\nresource "x_y" "a" { n = 2 }')
    assert only(loaded).attributes == {"n": Decimal(1)}
    (notice,) = loaded.notices
    assert (notice.code, notice.severity) == ("duplicate-block", "error")


def test_json_syntax(load: Load) -> None:
    resource = only(
        load(
            {
                "main.tf.json": """{
  "variable": {"n": {"type": "number", "default": 2}},
  "provider": {"aws": {"region": "eu-west-1"}},
  "resource": {"aws_instance": {"web": {
    "for_each": "${toset([\\"a\\"])}",
    "instance_type": "m5.large",
    "tags": {"Name": "web-\\u00e9-${each.key}"},
    "root_block_device": {"volume_size": "${var.n * 10}"},
    "dynamic": {"ebs_block_device": {"for_each": [5], "content": {"volume_size": "${ebs_block_device.value}"}}}
  }}}
}"""
            }
        )
    )
    assert (resource.address, resource.region) == ('aws_instance.web["a"]', "eu-west-1")
    assert resource.attributes == {
        "instance_type": "m5.large",
        "tags": {"Name": "web-é-a"},
        "root_block_device": [{"volume_size": Decimal(20)}],
        "ebs_block_device": [{"volume_size": Decimal(5)}],
    }
    assert (resource.spans["instance_type"].line, resource.spans["instance_type"].column) == (6, 22)


def test_a_hostile_file_is_an_error_and_not_a_hang(load: Load) -> None:
    doubling = "\n".join(f"d{i} = [local.d{i + 1}, local.d{i + 1}]" for i in range(60))
    growing = "\n".join(f't{i} = "${{local.t{i + 1}}}${{local.t{i + 1}}}"' for i in range(60))
    loops = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]"
    loaded = load(
        f'locals {{\n{doubling}\nd60 = 1\n{growing}\nt60 = "x"\nloops = {loops}\n}}\n'
        'resource "x_y" "z" {\n a = local.d0\n b = local.t0\n c = local.loops\n}'
    )
    assert set(codes(loaded)) == {"evaluation-error"}
    assert all(isinstance(only(loaded).attributes[name], Unknown) for name in "bc")


def test_the_same_files_give_the_same_resources(load: Load) -> None:
    assert load(MODULES) == load(MODULES)


def test_a_directory_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text('resource "aws_ebs_volume" "a" {\n  size = 2 * 4\n}\n')
    (resource,) = terraform.load_directory(tmp_path).resources
    assert (resource.address, resource.attributes["size"]) == ("aws_ebs_volume.a", Decimal(8))
    assert str(resource.spans["size"]) == "infra/main.tf:2:10"
