"""A public module with ten examples: is each file read once, each distinct call expanded once, and how fast.

    python benchmarks/expand_modules.py [--skip-checkov]

The repository is that of `public_module.py`. Where checkov is installed it is run over the same files for comparison;
it is no part of finops-gate. CPU seconds of whole programs, best of three (one for checkov).
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import measure
from estate import write
from evaluate_terraform import commit
from public_module import public_module

CHECK = (*measure.FINOPS_GATE, "check", "examples")


def main() -> None:
    arguments = argparse.ArgumentParser(description="How fast a module with its examples is expanded.")
    arguments.add_argument("--skip-checkov", action="store_true")
    given = arguments.parse_args()
    files = public_module()
    with tempfile.TemporaryDirectory() as name:
        write(files, Path(name))
        cost = measure.inside("evaluate_terraform", "evaluate", name, "examples")
        print(f"{len(files)} files, {sum(map(len, files.values())) / 1e3:.0f} kB, {cost.said.strip()} resources")
        print(f"{'finops-gate, read and evaluate':44}{cost}")
        commit(Path(name))
        print(f"{'finops-gate check':44}{measure.program(CHECK, Path(name))}")
        checkov = None if given.skip_checkov else shutil.which("checkov")
        if checkov:
            command = (checkov, "--directory", name, "--framework", "terraform", "--compact", "--quiet", "--soft-fail")
            print(f"{'checkov':44}{measure.program(command, passes=1)}")


if __name__ == "__main__":
    main()
