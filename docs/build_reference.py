"""Writes the pages of docs/reference/ and the README's screen from the data they describe.

python docs/build_reference.py            writes them
python docs/build_reference.py --check    says which of them no longer match, and exits 1 if any
"""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
EXAMPLE = ("check", "examples/shop", "--as-of", "2026-12-01", "--color", "never")


def policies_page() -> str:
    lines = [
        "# The policies that ship",
        "",
        "Each is one file in `policies/`; `finops-gate policy show ID` prints it with its tests. A policy that is",
        "*off* needs something of yours first: `policies: {ID: {enabled: true, parameters: {...}}}` in the settings.",
    ]
    for family in sorted(p for p in (ROOT / "policies").iterdir() if p.is_dir() and any(p.glob("*.yaml"))):
        found = [yaml.safe_load(f.read_text(encoding="utf-8")) for f in sorted(family.glob("*.yaml"))]
        policies = [p for p in found if isinstance(p, dict) and "id" in p]
        if policies:
            lines += ["", f"## {family.name.capitalize()}", ""]
            lines += [line for policy in policies for line in policy_lines(policy)]
    return "\n".join(lines).rstrip() + "\n"


def policy_lines(policy: Mapping[str, Any]) -> list[str]:
    tiers = [level for level in ("warn", "fail") if f"{level}_above" in policy.get("cost", {})]
    level = policy.get("level") or " or ".join(tiers) or "warn or fail"
    state = level + ("" if policy.get("enabled", True) else ", off")
    lines = [f"### {policy['id']}", "", f"{policy['title']} *({state})*", ""]
    if policy.get("description"):
        lines += [" ".join(policy["description"].split()), ""]
    if policy.get("parameters"):
        lines += [
            "Parameters: " + ", ".join(f"`{k}` = `{shown(v)}`" for k, v in policy["parameters"].items()) + ".",
            "",
        ]
    if policy.get("fix", {}).get("say"):
        lines += [f"Fix: {policy['fix']['say']}", ""]
    return lines


def shown(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).strip().removesuffix("\n...")


def resources_page() -> str:
    lines = [
        "# What is priced",
        "",
        "A cost model for each of these ships in `pricing/models/`, with the usage keys it reads from an",
        "`infracost-usage.yml`. A type in neither list is *unpriced*: counted, named, and never taken for $0.",
    ]
    for directory in sorted((ROOT / "pricing" / "models").iterdir()):
        models = [yaml.safe_load(f.read_text(encoding="utf-8")) for f in sorted(directory.glob("*.yaml"))]
        if models:
            lines += ["", f"## {directory.name}", "", "| type | usage keys |", "|---|---|"]
            lines += [f"| `{m['resource']}` | {usage_keys(m)} |" for m in models]
        free = ROOT / "pricing" / "free" / f"{directory.name}.txt"
        if free.is_file():
            count = len(free.read_text(encoding="utf-8").split())
            lines += ["", f"Another {count} types cost nothing by themselves (`pricing/free/{directory.name}.txt`)."]
    return "\n".join([*lines, *popular_types()]) + "\n"


def popular_types() -> list[str]:
    """The popular AWS types that Infracost's open registry neither prices nor lists, and what becomes of them."""
    lines = [
        "",
        "## Popular types of AWS beyond Infracost's open registry",
        "",
        "As of its version 0.10 ([registry](https://github.com/infracost/infracost/blob/master/internal/providers/terraform/aws/resource_registry.go)).",
        "A type without a price that may be cited stays unpriced, and is named.",
        "",
        "| type | |",
        "|---|---|",
    ]
    free = (ROOT / "pricing" / "free" / "aws.txt").read_text(encoding="utf-8").split()
    with (ROOT / "docs" / "popular_aws_types.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            priced = (ROOT / "pricing" / "models" / "aws" / f"{row['type']}.yaml").is_file()
            state = "priced" if priced else "free" if row["type"] in free else f"unpriced: {row['unpriced_because']}"
            lines.append(f"| `{row['type']}` | {state} |")
    return lines


def usage_keys(model: Mapping[str, Any]) -> str:
    if "like" in model:
        return f"as `{model['like']}`"
    return ", ".join(f"`{key}`" for key in key_names(model.get("usage", {})))


def key_names(keys: Mapping[str, Any], prefix: str = "") -> list[str]:
    names = []
    for name, about in keys.items():
        nested = isinstance(about, dict) and "about" not in about
        names += key_names(about, f"{prefix}{name}.") if nested else [f"{prefix}{name}"]
    return names


AREAS = {
    "The Americas": ("us-", "ca-", "mx-", "sa-"),
    "Europe, the Middle East and Africa": ("eu-", "il-", "me-", "af-"),
    "Asia and the Pacific": ("ap-",),
}


def regions_page() -> str:
    """What AWS prices are known where: of each service, how many by the hour, the gigabyte and so on in each region."""
    known: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for path in sorted((ROOT / "pricing" / "rates" / "aws").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["purchase"] == "on-demand" and row["component"] != "os-premium":
                    service = row["key"].split("|")[0]
                    known[service][row["region"]].add((row["key"], row["component"]))
    regions = sorted({region for service in known.values() for region in service} - {"*"})
    lines = [
        "# AWS prices by region",
        "",
        "How many things of each service (the first part of a price's key, [prices](../prices.md)) have an on-demand",
        "price in each region, and in all of them together; what an operating system adds is left out. A blank means",
        "that all of it is *unpriced* there: counted, named, and never taken for $0.",
    ]
    for area, prefixes in AREAS.items():
        here = [region for region in regions if region.startswith(prefixes)]
        lines += ["", f"## {area}", ""]
        lines += [f"| | all | {' | '.join(here)} |", "|---|" + "--:|" * (len(here) + 1)]
        for service, rows in sorted(known.items()):
            counts = [len(rows.get(region, set()) | rows.get("*", set())) for region in here]
            cells = [f"{count:,}" if count else "" for count in counts]
            lines.append(f"| {service} | {len(set().union(*rows.values())):,} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def readme() -> str:
    """The README with the example's real output between its markers."""
    command = [sys.executable, "-m", "finops_gate", *EXAMPLE]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    before, rest = (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- screen -->", 1)
    after = rest.split("<!-- end -->", 1)[1]
    return (
        f"{before}<!-- screen -->\n\n```console\n$ finops-gate check examples/shop\n{output}```\n\n<!-- end -->{after}"
    )


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/policies.md": policies_page,
    "docs/reference/resources.md": resources_page,
    "docs/reference/prices-by-region.md": regions_page,
    "README.md": readme,
}


def main() -> int:
    stale = []
    for name, build in PAGES.items():
        path, text = ROOT / name, build()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in sys.argv:
            stale.append(name)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name} no longer matches its data: run `python docs/build_reference.py`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
