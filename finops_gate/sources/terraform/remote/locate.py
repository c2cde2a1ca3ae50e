"""Where the evaluator finds the modules that are not local: installed, downloaded, or not at all."""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from finops_gate.model import Severity
from finops_gate.sources.files import Tree, Unreadable, WorkingTree
from finops_gate.sources.git import GitTree
from finops_gate.sources.overlay import OverlayTree
from finops_gate.sources.terraform.reading import files_by_directory
from finops_gate.sources.terraform.remote.problems import RemoteError

if TYPE_CHECKING:
    from finops_gate.sources.terraform.remote.installed import Installed
    from finops_gate.sources.terraform.remote.source_address import Source

FOLDER = ".finops-gate/modules"
"""Below which downloaded packages are seen; the paths in reports begin so."""

INIT = "Run `terraform init` or pass --download-modules."


@dataclass(frozen=True, slots=True)
class Missing:
    """A module that is not here: `why` reads after "not downloaded", and may be empty."""

    why: str = ""
    fix: str = INIT
    severity: Severity = "info"


@dataclass(slots=True)
class RemoteModules:
    """The modules of one tree that are not local. What is found is mounted, so that it reads like any directory."""

    tree: OverlayTree
    work_tree: Tree
    download: bool = False
    _installed: dict[str, Mapping[str, Installed]] = field(default_factory=dict)
    _files: dict[str, list[str]] = field(default_factory=dict)

    def locate(self, root: str, key: str, source: str, version: str) -> str | Missing:
        """The directory, in the tree, of the module that a call names.

        `root` is the directory of the root module, `key` the names of the calls down to this one, with dots between.
        """
        from finops_gate.sources.terraform.remote.installed import read_installed
        from finops_gate.sources.terraform.remote.source_address import Unsupported, parse

        address = parse(source)
        if root not in self._installed:
            self._installed[root] = read_installed(self.work_tree, root)
        installed = self._installed[root].get(key)
        if installed and installed.fits(address, version) and self._is_there(installed.directory):
            self.tree.mount(installed.package, self.work_tree, installed.package)
            return installed.directory
        if isinstance(address, Unsupported):
            return Missing(address.why, "" if self.download else "Run `terraform init`.")
        if not self.download:
            return Missing("what `terraform init` installed is another version" if installed else "")
        return self._downloaded(address, version)

    def files_of(self, directory: str) -> Sequence[str]:
        """The files of the language in a directory of a package; none elsewhere."""
        package = self.tree.package_of(directory)
        if not package:
            return ()
        if directory not in self._files:
            self._files[directory] = []
            self._files.update(files_by_directory(self.tree.paths(package)))
        return self._files[directory]

    def _is_there(self, directory: str) -> bool:
        """Whether a directory of the work tree holds files: itself, not by a link that leads elsewhere."""
        try:
            return any(path.startswith(f"{directory}/") for path in self.work_tree.paths(directory))
        except Unreadable:
            return False

    def _downloaded(self, address: Source, version: str) -> str | Missing:
        try:
            package = _downloader().package(address, version)
        except RemoteError as error:
            return Missing(str(error), "Run `terraform init`, which says more.", "warning")
        prefix = posixpath.join(FOLDER, package.label)
        self.tree.mount(prefix, WorkingTree(package.directory))
        return posixpath.join(prefix, package.subdirectory) if package.subdirectory else prefix


@functools.cache
def _downloader() -> Any:
    """The downloader that both sides of a comparison share, so that nothing is asked for twice."""
    from finops_gate.sources.terraform.remote.download import open_downloader

    return open_downloader()


def remote_modules(tree: Tree, settings: Mapping[str, Any]) -> RemoteModules:
    """Those of a tree. A commit has no `.terraform`, so that of the work tree serves where it is what is asked for."""
    overlay = tree if isinstance(tree, OverlayTree) else OverlayTree(tree)
    own = overlay.tree
    work_tree = WorkingTree(own.root) if isinstance(own, GitTree) else own
    return RemoteModules(overlay, work_tree, bool(settings.get("download_modules")))
