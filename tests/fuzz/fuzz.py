"""Coverage-guided fuzzing: `python -m tests.fuzz.fuzz TARGET [libFuzzer's options]`; see README.md."""

from __future__ import annotations

import sys
from collections.abc import Callable
from random import Random

import atheris

with atheris.instrument_imports(include=["finops_gate"]):
    from tests.fuzz import manifests, programs, targets


class Fed(Random):
    """Randomness that is read from the fuzzer's bytes, and is all zero after their end."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data, self.at = data, 0

    def getrandbits(self, k: int) -> int:
        size = (k + 7) // 8
        chunk = self.data[self.at : self.at + size].ljust(size, b"\0")
        self.at += size
        return int.from_bytes(chunk, "little") & ((1 << k) - 1)

    def _randbelow(self, n: int) -> int:
        return self.getrandbits(16) % n


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


TARGETS: dict[str, Callable[[bytes], object]] = {
    "read": lambda data: targets.read(text(data)),
    "read-json": lambda data: targets.read_json(text(data)),
    "expression": lambda data: targets.evaluate_expression(text(data)),
    "evaluate": lambda data: targets.evaluate({"main.tf": text(data)}),
    "made-up-expression": lambda data: targets.evaluate_expression(programs.Writer(Fed(data)).expression()),
    "made-up-terraform": lambda data: targets.evaluate(programs.terraform(Fed(data))),
    "made-up-repository": lambda data: check(Fed(data)),
    "manifest": lambda data: targets.check({"web.yaml": text(data)}),
    "workflow": lambda data: targets.check({".github/workflows/ci.yml": text(data)}),
    "plan": lambda data: targets.check({"tfplan.json": text(data)}),
}


def check(random: Random) -> None:
    targets.check(manifests.repository(random, programs.terraform(random)))


def main() -> None:
    name, *options = sys.argv[1:] or [""]
    if name not in TARGETS:
        sys.exit(f"give one of {', '.join(TARGETS)}, then libFuzzer's options")
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
