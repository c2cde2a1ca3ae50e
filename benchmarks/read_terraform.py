"""How fast Terraform is read: our reader, and python-hcl2 beside it, over the same made-up repository.

    python benchmarks/read_terraform.py [--megabytes 2.1] [--skip-hcl2]

The repository is the same on every machine: nothing in it is drawn by chance. It has what real ones have, in
about their proportions: resources, modules, variables, locals with `for`, dynamic blocks, heredoc policies.
A reader's figure is its best of three passes; ours is given twice, the second time with the line and column
of every attribute and block looked up as well.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence

from terraform_code import repository

from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.syntax import Body, Source


def read(files: Sequence[str]) -> list[Source]:
    sources = [hcl.parse(text) for text in files]
    assert not any(source.problems for source in sources)
    return sources


def read_with_places(files: Sequence[str]) -> None:
    for source in read(files):
        places(source, source.body)


def places(source: Source, body: Body) -> None:
    for attribute in body.attributes.values():
        source.span("main.tf", attribute.start, attribute.end)
    for block in body.blocks:
        source.span("main.tf", block.start, block.header_end)
        places(source, block.body)


def read_with_hcl2(files: Sequence[str]) -> None:
    import hcl2

    for text in files:
        hcl2.parses_to_tree(text)


def best_seconds(work: Callable[[Sequence[str]], object], files: Sequence[str], passes: int = 3) -> float:
    seconds = []
    for _ in range(passes):
        gc.collect()
        begun = time.perf_counter()
        work(files)
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def main() -> None:
    arguments = argparse.ArgumentParser(description="How fast Terraform is read.")
    arguments.add_argument("--megabytes", type=float, default=2.1)
    arguments.add_argument("--skip-hcl2", action="store_true", help="measure our reader alone")
    given = arguments.parse_args()
    files = repository(int(given.megabytes * 1e6))
    size = sum(map(len, files)) / 1e6
    print(f"{len(files)} files, {size:.2f} MB, {sum(text.count(chr(10)) for text in files):,} lines")
    readers: list[tuple[str, Callable[[Sequence[str]], object], int]] = [
        ("finops-gate", read, 3),
        ("finops-gate, every place looked up", read_with_places, 3),
    ]
    if not given.skip_hcl2:
        readers.append(("python-hcl2 (parses_to_tree)", read_with_hcl2, 1))
    for name, work, passes in readers:
        seconds = best_seconds(work, files, passes)
        print(f"{name:36} {seconds:7.3f} s  {size / seconds:6.2f} MB/s")


if __name__ == "__main__":
    main()
