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
VOLUME = """
resource "aws_ebs_volume" "NAME" {
  availability_zone = "eu-west-1a"
  size              = SIZE
  type              = "gp3"
}
"""


def volume(name: object, size: object = 10) -> str:
    return VOLUME.replace("NAME", f"v{name}").replace("SIZE", str(size))


def declared(**values: object) -> str:
    """A provider, and locals."""
    return PROVIDER + "locals {\n" + "".join(f"  {name} = {value}\n" for name, value in values.items()) + "}\n"


def resources(n: int) -> Files:
    """One module with n resources."""
    return {"main.tf": PROVIDER + "".join(volume(i) for i in range(n))}


def findings(n: int) -> Files:
    """n resources with two findings each: not tagged, and of the previous generation."""
    return {"main.tf": PROVIDER + "".join(volume(i).replace("gp3", "gp2") for i in range(n))}


def keys(n: int) -> Files:
    """One resource for each of n keys."""
    pairs = '{for p in setproduct(range(local.n / 100), range(100)) : join("-", p) => p[0] + 1}'
    repeated = volume(0, "each.value").replace("{\n", f"{{\n  for_each = {pairs}\n", 1)
    return {"main.tf": declared(n=n) + repeated}


def long_local(n: int) -> Files:
    """A local of ten times n elements that n resources pick from."""
    sizes = "[" + ", ".join(map(str, range(1, 10 * n))) + "]"
    return {"main.tf": declared(sizes=sizes) + "".join(volume(i, f"local.sizes[{i}]") for i in range(n))}


def searched_local(n: int) -> Files:
    """A map of n entries that n resources look up."""
    sizes = "{" + ", ".join(f"k{i} = {i + 1}" for i in range(n)) + "}"
    picked = "".join(volume(i, f'lookup(local.sizes, "k{i}", 1)') for i in range(n))
    return {"main.tf": declared(sizes=sizes) + picked}


def chain(n: int) -> Files:
    """n locals, each made of the one before it."""
    links: dict[str, object] = {f"l{i}": f"local.l{i - 1} + 1" for i in range(1, n)}
    return {"main.tf": declared(l0=1, **links) + volume(0, f"local.l{n - 1}")}


def merges(n: int) -> Files:
    """A map merged of n maps, and a list of n lists."""
    maps = ", ".join(f'{{k{i} = "{i}"}}' for i in range(n))
    lists = ", ".join(f"[{i}]" for i in range(n))
    both = declared(maps=f"merge({maps})", lists=f"concat({lists})")
    return {"main.tf": both + volume(0, "length(local.maps) + length(local.lists)")}


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
    """A document of n statements that is encoded and decoded."""
    rows = ", ".join(f'{{effect = "Allow", actions = ["s3:Get{i}", "s3:Put{i}"], n = {i}}}' for i in range(n))
    text = declared(rows=f"[{rows}]", text="jsonencode({statements = local.rows})")
    return {"main.tf": text + volume(0, "length(jsondecode(local.text).statements)")}


def heredoc(n: int) -> Files:
    """A heredoc of n lines with an interpolation in each."""
    lines = "".join(f"line {i} of ${{local.name}}\n" for i in range(n))
    return {"main.tf": declared(name='"a"', text=f"<<EOT\n{lines}EOT") + volume(0, "length(local.text)")}


ATTACHED = """
resource "aws_volume_attachment" "aNUMBER" {
  device_name = "/dev/sdh"
  volume_id   = aws_ebs_volume.vNUMBER.id
  instance_id = aws_instance.iNUMBER.id
}
resource "aws_instance" "iNUMBER" {
  ami           = "ami-1"
  instance_type = "t3.micro"
}
"""


def references(n: int) -> Files:
    """n attachments, each of a volume to an instance of their own."""
    rows = "".join(ATTACHED.replace("NUMBER", str(i)) + volume(i) for i in range(n))
    return {"main.tf": PROVIDER + rows}


WITH_DEVICES = """
resource "aws_instance" "i" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  dynamic "ebs_block_device" {
    for_each = setproduct(range(local.n / 100), range(100))
    content {
      device_name = "d${ebs_block_device.key}"
      volume_size = ebs_block_device.value[1] + 1
    }
  }
}
"""


def dynamic_blocks(n: int) -> Files:
    """One resource with n dynamic blocks of one kind."""
    return {"main.tf": declared(n=n) + WITH_DEVICES}


def counted(n: int) -> Files:
    """Resources by count that pick each from the instances of another one."""
    first, second = volume(0, "count.index + 1"), volume(1, "aws_ebs_volume.v0[count.index].size")
    return {"main.tf": PROVIDER + "".join(v.replace("{\n", f"{{\n  count = {n}\n", 1) for v in (first, second))}


def files(n: int) -> Files:
    """n files of one directory."""
    return {"main.tf": PROVIDER, **{f"f{i}.tf": volume(i) for i in range(n)}}


def roots(n: int) -> Files:
    """n root modules."""
    return {f"r{i}/main.tf": PROVIDER + volume(0) for i in range(n)}


SHAPES: dict[Callable[[int], Files], int] = {
    resources: 1_000,
    findings: 500,
    keys: 500,
    counted: 200,
    long_local: 300,
    searched_local: 300,
    chain: 1_000,
    merges: 2_000,
    modules: 300,
    nested_modules: 30,
    documents: 2_000,
    heredoc: 3_000,
    references: 200,
    dynamic_blocks: 500,
    files: 300,
    roots: 100,
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
