"""What `terraform init` or `tofu init` installed, by its own record: `.terraform/modules/modules.json`."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.source_address import Registry, Source, parse, same
from finops_gate.sources.terraform.remote.versions import allows, parse_constraints, parse_version

FOLDER = ".terraform/modules"
MANIFEST = f"{FOLDER}/modules.json"
MAX_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Installed:
    """A module that is there: `directory` is relative to the scan root, and so is `package`, which holds it."""

    source: Source
    version: str
    directory: str
    package: str

    def fits(self, source: Source, constraint: str) -> bool:
        """Whether this is what a call asks for now: Terraform's own test before it uses what is installed."""
        if not same(self.source, source):
            return False
        if not isinstance(source, Registry):
            return True
        version = parse_version(self.version)
        try:
            return version is not None and allows(parse_constraints(constraint), version)
        except RemoteError:
            return False


def read_installed(tree: Tree, root: str) -> Mapping[str, Installed]:
    """The installed modules of a root module's directory, by their calls' names with dots between (`a.b`).

    What is missing, damaged or leads out of `.terraform/modules` counts as not installed.
    """
    folder = posixpath.join(root, FOLDER)
    manifest = posixpath.join(root, MANIFEST)
    if not tree.exists(manifest):
        return {}
    try:
        entries = json.loads(tree.read_text(manifest))["Modules"]
    except (Unreadable, ValueError, KeyError, TypeError, RecursionError):
        return {}
    found = (_entry(entry, root, folder) for entry in entries[:MAX_ENTRIES]) if isinstance(entries, list) else ()
    return dict(pair for pair in found if pair)


def _entry(entry: Any, root: str, folder: str) -> tuple[str, Installed] | None:
    fields = [entry.get(name, "") for name in ("Key", "Source", "Version", "Dir")] if isinstance(entry, dict) else []
    if not fields or not all(isinstance(field, str) for field in fields):
        return None
    key, source, version, directory = fields
    inside = posixpath.normpath(posixpath.join(root, directory.replace("\\", "/")))
    if not key or not inside.startswith(f"{folder}/"):
        return None
    package = f"{folder}/{inside.removeprefix(f'{folder}/').split('/')[0]}"
    return key, Installed(parse(source), version, inside, package)
