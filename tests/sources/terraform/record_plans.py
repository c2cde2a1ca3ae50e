"""Records what `terraform plan` makes of configurations, so that the tests need neither terraform nor a provider.

    python tests/sources/terraform/record_plans.py [--mirror DIRECTORY] [CASE ...]

Plans every case of `data/plans/` and of `../shared/conformance/aws` (or those that are named), one after the other,
with dummy keys and without a cloud. DIRECTORY is a filesystem mirror of providers
(https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror), also taken from
`TERRAFORM_MIRROR`; without one, `terraform init` downloads the provider.

A golden holds, for each managed resource, the planned values of attributes whose names the configuration uses, and of
`tags_all`; `unknown` marks what is known only after apply; null is left out. `sensitive` has the paths that Terraform
does not show, `sets` those, for each type, whose order means nothing; both without indices. `arguments.json` of a case
is what is given on the command line, under the names that the settings have; a `terraform.tfstate` in it is the state
before the plan.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
OWN = DATA / "plans"
CONFORMANCE = Path(__file__).parents[4] / "shared" / "conformance" / "aws"
GOLDENS = DATA / "plan_goldens.json"
AWS = "registry.terraform.io/hashicorp/aws"
AWS_VERSION = "5.100.0"
LOCK = f'provider "{AWS}" {{\n  version = "{AWS_VERSION}"\n}}\n'

Json = Any


class NotPlanned(Exception):
    """Terraform refuses; the message is the first line of its error."""


class Terraform:
    """Runs terraform in copies of the cases; keeps the provider's schema, which takes seconds to ask for."""

    def __init__(self, work: Path, mirror: str | None) -> None:
        self.work = work
        (work / "cache").mkdir()
        (work / "rc").write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n' if mirror else ""
        )
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TF_")},
            "TF_CLI_CONFIG_FILE": str(work / "rc"),
            "TF_PLUGIN_CACHE_DIR": str(work / "cache"),
            "CHECKPOINT_DISABLE": "1",
        }
        self.schemas: dict[str, Json] = {}

    def run(self, directory: Path, *command: str, environment: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            ["terraform", *command],
            cwd=directory,
            env={**self.environment, **(environment or {})},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            errors = re.findall(r"Error: (.*)", done.stderr)
            raise NotPlanned(errors[0] if errors else done.stderr.strip()[:200])
        return done.stdout

    def plan(self, case: Path) -> Json:
        """The golden of a case. Raises NotPlanned."""
        directory = self.work / "case"
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(case, directory)
        (directory / ".terraform.lock.hcl").write_text(LOCK)
        given = arguments_of(case)
        environment = {f"TF_VAR_{name}": plain(value) for name, value in (given.get("environment") or {}).items()}
        options = [f"-var-file={path}" for path in given.get("var_files", ())]
        options += [f"-var={name}={plain(value)}" for name, value in given.get("vars", {}).items()]
        self.run(directory, "init", "-input=false", "-no-color")
        command = ("plan", "-input=false", "-no-color", "-refresh=false", "-out=plan.bin", *options)
        self.run(directory, *command, environment=environment)
        changes = json.loads(self.run(directory, "show", "-json", "plan.bin")).get("resource_changes", [])
        self._learn(directory, {change["type"] for change in changes if change["mode"] == "managed"})
        return golden(changes, self.schemas, words_of(case))

    def _learn(self, directory: Path, types: set[str]) -> None:
        if types - self.schemas.keys():
            providers = json.loads(self.run(directory, "providers", "schema", "-json"))["provider_schemas"]
            for schema in providers.values():
                self.schemas |= {name: found["block"] for name, found in schema.get("resource_schemas", {}).items()}


def arguments_of(case: Path) -> dict[str, Json]:
    file = case / "arguments.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def words_of(case: Path) -> set[str]:
    """Every word of a configuration: what it may name."""
    files = [*case.rglob("*.tf"), *case.rglob("*.tf.json")]
    return {word for file in files for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))}


def golden(changes: list[Json], schemas: Mapping[str, Json], words: set[str]) -> Json:
    resources: dict[str, Json] = {}
    sets: dict[str, set[str]] = {}
    for change in sorted(changes, key=lambda c: c["address"]):
        after = change["change"]["after"]
        if change["mode"] != "managed" or after is None:
            continue
        block = schemas[change["type"]]
        values = kept_of_block(after, block, words)
        unknown = marks_of_block(change["change"]["after_unknown"], block, words)
        sensitive = sorted(set(paths_of(marks_of_block(change["change"]["after_sensitive"], block, words))))
        previous = change.get("previous_address")
        found = {"values": values, "unknown": unknown, "sensitive": sensitive, "previous": previous}
        resources[change["address"]] = {name: part for name, part in found.items() if part}
        ordered_by_nothing = {path for path, value in sets_of_block(values, block) if len(value) > 1}
        if ordered_by_nothing:
            sets.setdefault(change["type"], set()).update(ordered_by_nothing)
    return {"resources": resources, "sets": {type: sorted(paths) for type, paths in sorted(sets.items())}}


def kept_of_block(value: Json, block: Json, words: set[str]) -> Json:
    """The values of a block without nulls, and without what the configuration has no name for."""
    if not isinstance(value, dict):
        return value
    nested = block.get("block_types", {})
    kept = {}
    for name, item in sorted(value.items()):
        if item is None or item == [] or (name not in words and name != "tags_all"):
            continue
        if name in nested:
            item = each(item, nested[name], lambda row, inner: kept_of_block(row, inner, words))
        kept[name] = item
    return kept


def marks_of_block(marks: Json, block: Json, words: set[str]) -> Json:
    """What is unknown, of what the configuration has a name for."""
    if not isinstance(marks, dict):
        return marks
    nested = block.get("block_types", {})
    kept = {}
    for name, mark in sorted(marks.items()):
        if name not in words and name != "tags_all":
            continue
        if name in nested and mark is not True:
            mark = each(mark, nested[name], lambda row, inner: marks_of_block(row, inner, words))
        if has_marks(mark):
            kept[name] = mark
    return kept


def each(value: Json, nested: Json, change: Any) -> Json:
    """A nested block's rows, changed one by one, whatever way they nest."""
    mode = nested["nesting_mode"]
    if mode in ("list", "set") and isinstance(value, list):
        return [change(row, nested["block"]) for row in value]
    if mode == "map" and isinstance(value, dict):
        return {name: change(row, nested["block"]) for name, row in value.items()}
    return change(value, nested["block"])


def has_marks(mark: Json) -> bool:
    if isinstance(mark, dict):
        return any(map(has_marks, mark.values()))
    return any(map(has_marks, mark)) if isinstance(mark, list) else bool(mark)


def paths_of(mark: Json, prefix: str = "") -> Iterator[str]:
    """The paths of what is marked, without indices."""
    if mark is True:
        yield prefix
    elif isinstance(mark, dict):
        for name, inner in mark.items():
            yield from paths_of(inner, f"{prefix}.{name}" if prefix else name)
    elif isinstance(mark, list):
        for inner in mark:
            yield from paths_of(inner, prefix)


def sets_of_block(value: Json, block: Json, prefix: str = "") -> Iterator[tuple[str, list[Json]]]:
    """The sets of a block's value, each with its path without indices."""
    for name, item in value.items() if isinstance(value, dict) else ():
        nested = block.get("block_types", {}).get(name)
        if nested is not None:
            if nested["nesting_mode"] == "set":
                yield f"{prefix}{name}", item
            for row in item if isinstance(item, list) else [item]:
                yield from sets_of_block(row, nested["block"], f"{prefix}{name}.")
        elif name in block.get("attributes", {}):
            yield from sets_of_attribute(item, block["attributes"][name], f"{prefix}{name}")


def sets_of_attribute(value: Json, attribute: Json, path: str) -> Iterator[tuple[str, list[Json]]]:
    nested = attribute.get("nested_type")
    if nested is None:
        yield from sets_of_type(value, attribute["type"], path)
        return
    if nested["nesting_mode"] == "set":
        yield path, value
    for row in value if isinstance(value, list) else [value]:
        yield from sets_of_block(row, nested, f"{path}.")


def sets_of_type(value: Json, kind: Json, path: str) -> Iterator[tuple[str, list[Json]]]:
    if not isinstance(kind, list) or value is None:
        return
    container, inner = kind
    if container == "set":
        yield path, value
    if container in ("list", "set"):
        for row in value:
            yield from sets_of_type(row, inner, path)
    elif container == "object":
        for name, of in inner.items():
            yield from sets_of_type(value.get(name), of, f"{path}.{name}")


def write(path: Path, content: Json) -> None:
    """One line for each resource, so that a change shows in a diff and the file stays small."""
    compact = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}
    lines = [f'"{name}":{{{rows(case, compact)}}}' for name, case in sorted(content.items())]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def rows(case: Json, compact: dict[str, Any]) -> str:
    if "refused" in case:
        return f'"refused":{json.dumps(case["refused"])}'
    resources = ",\n".join(f" {json.dumps(a)}:{json.dumps(r, **compact)}" for a, r in case["resources"].items())
    return f'"sets":{json.dumps(case["sets"], **compact)},"resources":{{\n{resources}}}'


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--mirror", default=os.environ.get("TERRAFORM_MIRROR"))
    parser.add_argument("cases", nargs="*")
    arguments = parser.parse_args()
    found = [*sorted(OWN.iterdir()), *sorted(CONFORMANCE.iterdir())] if CONFORMANCE.is_dir() else sorted(OWN.iterdir())
    goldens = json.loads(GOLDENS.read_text(encoding="utf-8")) if GOLDENS.is_file() else {}
    with tempfile.TemporaryDirectory() as work:
        terraform = Terraform(Path(work), arguments.mirror)
        for case in found:
            if not case.is_dir() or (arguments.cases and case.name not in arguments.cases):
                continue
            try:
                planned = terraform.plan(case)
            except NotPlanned as error:
                planned = {"refused": str(error)}
            print(f"{case.name}: {planned.get('refused') or len(planned['resources'])}", file=sys.stderr)
            if case.parent == OWN:
                write(case / "plan.golden.json", {case.name: planned})
            else:
                goldens[case.name] = planned
    write(GOLDENS, goldens)


if __name__ == "__main__":
    main()
