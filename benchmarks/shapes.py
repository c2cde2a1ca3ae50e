"""Whether the cost grows with the size, and no faster, for shapes of code that are legal and out of the ordinary.

    python benchmarks/shapes.py [NAME ...]

Each shape is made in a size and in ten times that size, and checked as a repository of its own: reading, evaluating,
pricing, policies and the report. CPU seconds of fresh interpreters, best of three, what a run over one resource costs
taken off; `growth` is how many times as much the tenfold code takes, 10 where the cost grows with the size.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import measure
from estate import write

Files: TypeAlias = dict[str, str]
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
VOLUME = 'resource "aws_ebs_volume" "{name}" {{\n  availability_zone = "eu-west-1a"\n  size = {size}\n  type = "gp3"\n}}\n'


def volume(name: object, size: object = 10) -> str:
    return VOLUME.format(name=f"v{name}", size=size)


def resources(n: int) -> Files:
    """One module with n resources."""
    return {"main.tf": PROVIDER + "".join(volume(i) for i in range(n))}


def findings(n: int) -> Files:
    """n resources with ten findings each, or so: neither tags nor encryption, the previous generation."""
    return {"main.tf": PROVIDER + "".join(volume(i).replace("gp3", "gp2") for i in range(n))}


def keys(n: int) -> Files:
    """One resource for each of n keys."""
    each = '  for_each = {for i in range(local.n) : "k${i}" => i}\n  size = each.value\n'
    return {"main.tf": f"{PROVIDER}locals {{\n  n = {n}\n}}\n" + volume(0).replace("  size = 10\n", each)}


def long_local(n: int) -> Files:
    """A local of ten times n elements that n resources pick from."""
    items = ", ".join(map(str, range(1, 10 * n)))
    picked = "".join(volume(i, f"local.sizes[{i}]") for i in range(n))
    return {"main.tf": f"{PROVIDER}locals {{\n  sizes = [{items}]\n}}\n{picked}"}


def searched_local(n: int) -> Files:
    """A map of n entries that n resources look up."""
    items = "".join(f'    k{i} = "{i + 1}"\n' for i in range(n))
    picked = "".join(volume(i, f'lookup(local.sizes, "k{i}", 1)') for i in range(n))
    return {"main.tf": f"{PROVIDER}locals {{\n  sizes = {{\n{items}  }}\n}}\n{picked}"}


def chain(n: int) -> Files:
    """n locals, each made of the one before it."""
    links = "".join(f"  l{i} = local.l{i - 1} + 1\n" for i in range(1, n))
    return {"main.tf": f"{PROVIDER}locals {{\n  l0 = 1\n{links}}}\n{volume(0, f'local.l{n - 1}')}"}


def merges(n: int) -> Files:
    """A map merged of n maps, and a list of n lists."""
    maps = ", ".join(f'{{k{i} = "{i}"}}' for i in range(n))
    lists = ", ".join(f"[{i}]" for i in range(n))
    locals_ = f"locals {{\n  m = merge({maps})\n  l = concat({lists})\n}}\n"
    return {"main.tf": PROVIDER + locals_ + volume(0, "length(local.m) + length(local.l)")}


def modules(n: int) -> Files:
    """A module called n times, with an argument of its own each time."""
    calls = "".join(f'module "m{i}" {{\n  source = "./m"\n  size = {i + 1}\n}}\n' for i in range(n))
    return {"main.tf": PROVIDER + calls, "m/main.tf": 'variable "size" {}\n' + volume(0, "var.size")}


def nested_modules(n: int) -> Files:
    """Modules that call a module, ten levels deep, n of them side by side."""
    files = {f"m{level}/main.tf": _level(level) for level in range(10)}
    calls = "".join(f'module "m{i}" {{\n  source = "./m0"\n  size = {i + 1}\n}}\n' for i in range(n))
    return {"main.tf": PROVIDER + calls, **files}


def _level(level: int) -> str:
    inner = f'module "m" {{\n  source = "../m{level + 1}"\n  size = var.size\n}}\n' if level < 9 else ""
    output = f'output "size" {{\n  value = {"module.m.size" if level < 9 else "var.size"}\n}}\n'
    return 'variable "size" {}\n' + inner + output + volume(0, "module.m.size" if level < 9 else "var.size")


def documents(n: int) -> Files:
    """A document of n statements that is encoded, decoded and encoded again."""
    rows = "".join(f'    {{effect = "Allow", actions = ["s3:Get{i}", "s3:Put{i}"], n = {i}}},\n' for i in range(n))
    locals_ = f"locals {{\n  rows = [\n{rows}  ]\n  text = jsonencode({{statements = local.rows}})\n}}\n"
    return {"main.tf": PROVIDER + locals_ + volume(0, "length(jsondecode(local.text).statements)")}


def heredoc(n: int) -> Files:
    """A heredoc of n lines with an interpolation in each."""
    lines = "".join(f"line {i} of ${{local.name}}\n" for i in range(n))
    return {"main.tf": f'{PROVIDER}locals {{\n  name = "a"\n  text = <<EOT\n{lines}EOT\n}}\n{volume(0, "length(local.text)")}'}


def references(n: int) -> Files:
    """n attachments, each to a volume and an instance of their own."""
    rows = "".join(
        f'resource "aws_volume_attachment" "a{i}" {{\n  device_name = "/dev/sdh"\n  volume_id = aws_ebs_volume.v{i}.id\n'
        f'  instance_id = aws_instance.i{i}.id\n}}\nresource "aws_instance" "i{i}" {{\n  ami = "ami-1"\n'
        '  instance_type = "t3.micro"\n}\n'
        for i in range(n)
    )
    return {"main.tf": PROVIDER + rows + "".join(volume(i) for i in range(n))}


def dynamic_blocks(n: int) -> Files:
    """One resource with n dynamic blocks of one kind."""
    block = '  dynamic "ebs_block_device" {\n    for_each = range(local.n)\n    content {\n      device_name = "d${ebs_block_device.key}"\n      volume_size = ebs_block_device.value + 1\n    }\n  }\n'
    instance = f'resource "aws_instance" "i" {{\n  ami = "ami-1"\n  instance_type = "t3.micro"\n{block}}}\n'
    return {"main.tf": f"{PROVIDER}locals {{\n  n = {n}\n}}\n{instance}"}


def counted(n: int) -> Files:
    """Resources by count that read each other's lists with splats."""
    a = f'resource "aws_ebs_volume" "a" {{\n  count = {n}\n  availability_zone = "eu-west-1a"\n  size = count.index + 1\n}}\n'
    b = (
        f'resource "aws_ebs_volume" "b" {{\n  count = {n}\n  availability_zone = "eu-west-1a"\n'
        "  size = aws_ebs_volume.a[count.index].size\n}\n"
    )
    return {"main.tf": PROVIDER + a + b}


def files(n: int) -> Files:
    """n files of one directory."""
    return {"main.tf": PROVIDER, **{f"f{i}.tf": volume(i) for i in range(n)}}


def roots(n: int) -> Files:
    """n root modules."""
    return {f"r{i}/main.tf": PROVIDER + volume(0) for i in range(n)}


SHAPES: dict[Callable[[int], Files], int] = {
    resources: 200,
    findings: 200,
    keys: 500,
    counted: 200,
    long_local: 100,
    searched_local: 100,
    chain: 400,
    merges: 1_000,
    modules: 100,
    nested_modules: 10,
    documents: 500,
    heredoc: 2_000,
    references: 60,
    dynamic_blocks: 100,
    files: 100,
    roots: 50,
}


def cost_of(made: Files) -> measure.Cost:
    with tempfile.TemporaryDirectory() as name:
        write(made, Path(name))
        return measure.program((*measure.FINOPS_GATE, "check", "--format", "concise"), Path(name))


def main() -> None:
    start = cost_of(resources(1)).seconds
    for shape, size in SHAPES.items():
        if sys.argv[1:] and shape.__name__ not in sys.argv[1:]:
            continue
        small, large = (cost_of(shape(n)) for n in (size, 10 * size))
        least, most = (max(0.001, cost.seconds - start) for cost in (small, large))
        said = large.said.strip().rpartition("\n")[2]
        print(f"{shape.__name__:16}{size:6} x 10  {large}  growth {most / least:5.1f}  {said[:90]}", flush=True)


if __name__ == "__main__":
    main()
