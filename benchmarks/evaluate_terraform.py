"""How fast a large Terraform repository is read, evaluated and checked, and whether the cost grows with its size.

    python benchmarks/evaluate_terraform.py [--roots 50] [--skip-growth]

The repository is the one of `estate.py`: 50 root modules are 509 files, 2.1 MB, 6,700 resources. Times are CPU
seconds of a fresh interpreter, best of three, imports included; memory is the most it held.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

import measure
from estate import estate, write


def evaluate(directory: str, target: str = "") -> int:
    """Reads and evaluates what is below a target in a directory; how many resources there are."""
    from finops_gate.settings import Settings
    from finops_gate.sources import terraform
    from finops_gate.sources.files import WorkingTree

    tree = WorkingTree(directory)
    loaded = terraform.load(
        tree, [path for path in tree.paths(target) if terraform.matches(path)], Settings(targets=(target,))
    )
    wrong = [notice for notice in loaded.notices if notice.severity != "info"]
    assert not wrong, wrong[:3]
    return len(loaded.resources)


def commit(directory: Path) -> None:
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=b", "-c", "user.email=b@localhost", "-c", "commit.gpgsign=false", "commit", "-qm", "base"],
    ):
        subprocess.run(["git", "-C", str(directory), *command], check=True, capture_output=True)


def growth(roots: int) -> None:
    """The same root modules, ten times as many; and one root module with ten times the code in it."""
    for number, cycles in ((1, 4), (roots // 5, 4), (roots * 2, 4), (1, 40), (1, 400)):
        with tempfile.TemporaryDirectory() as name:
            write(estate(number, cycles), Path(name))
            cost = measure.inside("evaluate_terraform", "evaluate", name)
        print(f"  {number:4} roots x {cycles:3} cycles, {cost.said.strip():>6} resources  {cost}")


def main() -> None:
    arguments = argparse.ArgumentParser(description="How fast Terraform is evaluated.")
    arguments.add_argument("--roots", type=int, default=50)
    arguments.add_argument("--skip-growth", action="store_true")
    given = arguments.parse_args()
    files = estate(given.roots)
    with tempfile.TemporaryDirectory() as name:
        write(files, Path(name))
        commit(Path(name))
        cost = measure.inside("evaluate_terraform", "evaluate", name)
        size = sum(map(len, files.values())) / 1e6
        print(f"{len(files)} files, {size:.1f} MB, {cost.said.strip()} resources")
        print(f"{'read and evaluate all':44}{cost}")
        start = measure.program((*measure.FINOPS_GATE, "--version"), passes=5)
        print(f"{'start-up (--version)':44}{start}")
        root = next(path for path in sorted(files) if path.startswith("live/")).rpartition("/")[0]
        for what, command in (
            ("check, everything", ()),
            ("check of one root module", (root,)),
            ("check of one root module against its base", ("--base", "HEAD", root)),
        ):
            cost = measure.program((*measure.FINOPS_GATE, "check", *command), Path(name))
            print(f"{what:44}{cost}  ({cost.seconds - start.seconds:.2f} s after start-up)")
    if not given.skip_growth:
        print("growth:")
        growth(given.roots)


if __name__ == "__main__":
    main()
