"""What the modules of one project share: the files, the settings, what is found out, and the work that is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finops_gate.model import Notice, Span
from finops_gate.sources.files import Tree
from finops_gate.sources.terraform.declarations import Declarations, read_directory
from finops_gate.sources.terraform.scope import Budget, Files


class Project:
    """One root module with all that it calls: what is shared by the modules of an evaluation."""

    def __init__(self, tree: Tree, directory: str, files: Mapping[str, list[str]], settings: Mapping[str, Any]) -> None:
        self.tree, self.directory, self.files, self.settings = tree, directory, files, settings
        self.declarations: dict[str, Declarations] = {}
        self.notices: dict[Notice, None] = {}
        self.active: dict[tuple[int, tuple[str, ...]], str] = {}
        self.named_files = Files(tree, directory)
        self.budget = Budget()
        self.modules = 0
        self.spans: dict[tuple[int, str], Span] = {}

    def read(self, directory: str) -> Declarations:
        """The declarations of a directory, read once a project."""
        if directory not in self.declarations:
            declared = read_directory(self.tree, directory, self.files.get(directory, ()))
            self.declarations[directory] = declared
            for notice in declared.notices:
                self.note(notice)
        return self.declarations[directory]

    def note(self, notice: Notice) -> None:
        self.notices[notice] = None
