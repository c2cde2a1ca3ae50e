"""How fast large Kubernetes manifests are checked, the whole program, beside what others take to read the same file.

    python benchmarks/check_manifests.py [--passes 3]

Peers: PyYAML's C loader (`yaml.load_all(text, CSafeLoader)`), which makes plain values without places, and, where it
is installed, `kubectl kustomize`, which renders the file as it is.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import measure
from manifest_files import MANIFESTS

PLAIN_LOAD = "import yaml; list(yaml.load_all(open('m.yaml'), Loader=yaml.CSafeLoader))"


def main() -> None:
    arguments = argparse.ArgumentParser(description="How fast large Kubernetes manifests are checked.")
    arguments.add_argument("--passes", type=int, default=3)
    passes = arguments.parse_args().passes
    commands = {
        "finops-gate check": (*measure.FINOPS_GATE, "check", "m.yaml"),
        "PyYAML, plain load": (sys.executable, "-c", PLAIN_LOAD),
    }
    kubectl = shutil.which("kubectl")
    if kubectl:
        commands["kubectl kustomize"] = (kubectl, "kustomize", ".")
    with tempfile.TemporaryDirectory() as directory:
        for name, make in MANIFESTS.items():
            compare(name, make(), Path(directory), commands, passes)


def compare(name: str, text: str, directory: Path, commands: dict[str, tuple[str, ...]], passes: int) -> None:
    (directory / "m.yaml").write_text(text, encoding="utf-8")
    (directory / "kustomization.yaml").write_text("resources: [m.yaml]\n", encoding="utf-8")
    lines, objects = text.count("\n"), text.count("\n---") + 1
    print(f"{name}: {len(text) / 1e6:.1f} MB, {lines:,} lines, {objects:,} objects")
    for what, command in commands.items():
        print(f"  {what:24}{measure.program(command, directory, passes)}", flush=True)


if __name__ == "__main__":
    main()
