"""What the user's Terraform knows of registries: a token for a host, and where a host's registry is.

As Terraform finds them: `TF_TOKEN_*`, then the `credentials` and `host` blocks of the CLI configuration, then what
`terraform login` left. https://developer.hashicorp.com/terraform/cli/config/config-file#credentials
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finops_gate.sources.terraform.remote.source_address import comparable_host

PREFIX = "TF_TOKEN_"
MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """Tokens and module services by host. Neither is ever shown, and a token is for its own host alone."""

    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    services: Mapping[str, str] = field(default_factory=dict, repr=False)


def variable_of(host: str) -> str:
    """The environment variable that holds a host's token: `-` is written `__`, and `.` is `_`."""
    return PREFIX + host.replace("-", "__").replace(".", "_")


def find_credentials(environment: Mapping[str, str] | None = None, home: Path | None = None) -> Credentials:
    """What the environment and the files of the user say. A file that cannot be read says nothing."""
    environment = os.environ if environment is None else environment
    home = Path(os.path.expanduser("~")) if home is None else home
    tokens: dict[str, str] = {}
    services: dict[str, str] = {}
    for content in map(_content, reversed(list(_files(environment, home)))):
        for host, block in _entries(content, "credentials"):
            if isinstance(block.get("token"), str):
                tokens[host] = block["token"]
        for host, block in _entries(content, "host"):
            offered = block.get("services")
            if isinstance(offered, dict) and isinstance(offered.get("modules.v1"), str):
                services[host] = offered["modules.v1"]
    return Credentials({**tokens, **_from_environment(environment)}, services)


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name in sorted(environment):
        host = comparable_host(name.removeprefix(PREFIX).replace("__", "-").replace("_", "."))
        if name.startswith(PREFIX) and host and environment[name]:
            found[host] = environment[name]
    return found


def _files(environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    """The files of the CLI configuration, the most telling first."""
    named = environment.get("TF_CLI_CONFIG_FILE") or environment.get("TERRAFORM_CONFIG")
    data = home / ".terraform.d"
    if sys.platform == "win32" and "APPDATA" in environment:
        data = Path(environment["APPDATA"]) / "terraform.d"
        usual = [Path(environment["APPDATA"]) / "terraform.rc"]
    else:
        usual = [home / ".terraformrc", home / ".tofurc"]
    if named:
        yield Path(named)
    else:
        yield from usual
        if data.is_dir():
            yield from sorted(p for p in data.iterdir() if p.name.endswith((".tfrc", ".tfrc.json")))
    yield data / "credentials.tfrc.json"


def _content(path: Path) -> Mapping[str, Any]:
    """The blocks of a file as JSON would have them; nothing where it is missing or no configuration."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return {}
        text = path.read_text(encoding="utf-8-sig")
        content = json.loads(text) if path.name.endswith(".json") else _native(text)
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _native(text: str) -> dict[str, Any]:
    from finops_gate.sources.terraform import hcl
    from finops_gate.sources.terraform.problems import EvaluationError
    from finops_gate.sources.terraform.standalone import evaluate_text
    from finops_gate.sources.terraform.values import export

    found: dict[str, Any] = {}
    for block in hcl.parse(text).body.blocks:
        if block.type not in ("credentials", "host") or len(block.labels) != 1:
            continue
        values = {}
        for name, attribute in block.body.attributes.items():
            try:
                values[name] = export(evaluate_text(text[attribute.value.start : attribute.value.end], {}))
            except EvaluationError:
                continue
        found.setdefault(block.type, {})[block.labels[0]] = values
    return found


def _entries(content: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    blocks = content.get(name)
    for host, block in blocks.items() if isinstance(blocks, dict) else ():
        comparable = comparable_host(host) if isinstance(host, str) else ""
        if comparable and isinstance(block, dict):
            yield comparable, block
