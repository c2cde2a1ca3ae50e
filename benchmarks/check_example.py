"""How long a person waits: start-up, and the whole check of the example that ships with finops-gate.

    python benchmarks/check_example.py

CPU seconds of whole programs, best of ten, with the catalogue compiled (it is in the wheel, and in the user's cache
after the first run of a checkout). Python's own start is given for comparison: nothing can be faster.
"""

from __future__ import annotations

import sys
from pathlib import Path

import measure

ROOT = Path(__file__).parent.parent
PASSES = 10


def main() -> None:
    for what, command in (
        ("python -c pass", (sys.executable, "-c", "pass")),
        ("finops-gate --version", (*measure.FINOPS_GATE, "--version")),
        ("finops-gate check examples/shop", (*measure.FINOPS_GATE, "check", "examples/shop")),
        ("finops-gate estimate examples/shop", (*measure.FINOPS_GATE, "estimate", "examples/shop")),
    ):
        print(f"{what:44}{measure.program(command, ROOT, PASSES)}")


if __name__ == "__main__":
    main()
