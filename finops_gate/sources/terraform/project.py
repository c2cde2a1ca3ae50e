"""What the modules of one project share: the files, the settings, what is found out, and the work that is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from finops_gate.model import Notice, no_entries
from finops_gate.sources.files import Tree
from finops_gate.sources.terraform.declarations import Declarations, read_directory
from finops_gate.sources.terraform.remote.locate import RemoteModules, remote_modules
from finops_gate.sources.terraform.scope import MAX_STEPS, Budget, Files
from finops_gate.sources.terraform.secrecy import Secrets

Settle: TypeAlias = Callable[[Any, tuple[str, ...]], None]
"""Computes an item of a module, after all that it needs."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One use of a root module, as one state file would hold it; `name` is what reports call it.

    `own_files` are the tfvars files that are given to no other root: each name they set should be one of its variables.
    """

    directory: str
    name: str
    env: str | None = None
    var_files: tuple[str, ...] = ()
    own_files: frozenset[str] = frozenset()
    vars: Mapping[str, Any] = field(default_factory=no_entries)
    environment: Mapping[str, str] = field(default_factory=no_entries)
    workspace: str = ""
    assumed_workspace: str = ""
    usage_file: str = ""


class Project:
    """One root module with all that it calls: what is shared by the modules of an evaluation.

    `declarations` are those that other projects of the same tree have read, by directory, and what this one adds;
    `whole` is the work that is left to all of them.
    `settle` computes an item of one of the modules; they know it by this only, for it knows them.
    """

    def __init__(
        self,
        tree: Tree,
        deployment: Deployment,
        files: Mapping[str, list[str]],
        settings: Mapping[str, Any],
        remote: RemoteModules | None = None,
        declarations: dict[str, Declarations] | None = None,
        whole: Budget | None = None,
        *,
        settle: Settle,
    ) -> None:
        self.remote = remote or remote_modules(tree, settings)
        self.tree, self.deployment, self.files, self.settings = self.remote.tree, deployment, files, settings
        self.directory = directory = deployment.directory
        self.declarations = {} if declarations is None else declarations
        self.notices: dict[Notice, None] = {}
        self.settle = settle
        self.named_files = Files(self.tree, directory)
        self.budget = Budget(MAX_STEPS, whole)
        self.secrets = Secrets()
        self.modules = 0

    def read(self, directory: str) -> Declarations:
        """The declarations of a directory, read once for all projects."""
        if directory not in self.declarations:
            declared = read_directory(self.tree, directory, self.files_of(directory))
            self.declarations[directory] = declared
            for notice in declared.notices:
                self.note(notice)
        return self.declarations[directory]

    def files_of(self, directory: str) -> Sequence[str]:
        """The files of the language in a directory of what is scanned, or of a package that is laid over it."""
        return self.files.get(directory) or self.remote.files_of(directory)

    def workspace(self) -> str:
        """The value of `terraform.workspace`: of the command line, the project, the settings, else Terraform's own."""
        last = self.settings.get("command_line") or {}
        return last.get("workspace") or self.deployment.workspace or self.settings.get("workspace") or self._assumed()

    def _assumed(self) -> str:
        """Where tfvars files are named for environments, workspaces are, too; a code without them does not ask."""
        name = self.deployment.assumed_workspace
        if name:
            message = f"{self.directory or '.'}: terraform.workspace is taken for the name of each environment"
            fix = "Declare `terraform: projects` with their `workspace` in the settings where it is another."
            self.note(Notice("workspace-assumed", "info", message, None, fix))
        return name or "default"

    def note(self, notice: Notice) -> None:
        self.notices[notice] = None
