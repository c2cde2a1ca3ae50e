"""Where the code of a called module is: beside the caller, installed, downloaded, or not here."""

from __future__ import annotations

import posixpath

from finops_gate.model import Notice
from finops_gate.sources.terraform.blocks import attempt
from finops_gate.sources.terraform.declarations import Declared, literal_text
from finops_gate.sources.terraform.module import Module
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.remote.locate import Missing
from finops_gate.sources.terraform.scope import Scope

MAX_MODULE_DEPTH = 30


def source_of(module: Module, declared: Declared, base: str) -> str | None:
    """The directory of a called module; None, and a notice, where it is not here. `base` is the call's address."""
    source = _text(module, declared, "source")
    local = source.startswith(("./", "../"))
    directory = _beside(module, declared, base, source) if local else _elsewhere(module, declared, base, source)
    if directory is not None and (module.depth >= MAX_MODULE_DEPTH or directory in _ancestors(module)):
        raise EvaluationError(f"{base}: it depends on itself: the module calls itself", declared.header)
    return directory


def _text(module: Module, declared: Declared, name: str) -> str:
    """A text of the call; Terraform takes plain ones only, OpenTofu also such as variables and locals settle."""
    node = declared.attribute(name)
    written = literal_text(node)
    if written or node is None:
        return written
    value = attempt(node, Scope(module, declared.file), module.report)
    return value if isinstance(value, str) else ""


def _beside(module: Module, declared: Declared, base: str, source: str) -> str | None:
    caller, project = module.declared.directory, module.project
    directory = posixpath.normpath(posixpath.join(caller, source))
    directory = "" if directory == "." else directory
    package = project.remote.tree.package_of(caller)
    message = ""
    if package and directory != package and not directory.startswith(f"{package}/"):
        message = f"{base}: {source} leads out of the package that its module came in"
    elif not project.files_of(directory):
        message = f"{base}: there is no module in {source}"
    if not message:
        return directory
    project.note(Notice("module-not-found", "error", message, declared.header))
    return None


def _elsewhere(module: Module, declared: Declared, base: str, source: str) -> str | None:
    project = module.project
    version = _text(module, declared, "version")
    found = project.remote.locate(project.directory, ".".join(_names(module, declared)), source, version)
    if isinstance(found, str) and not project.files_of(found):
        found = Missing(f"there is no module in {found}")
    if isinstance(found, str):
        return found
    why = f": {found.why}" if found.why else ""
    message = f"{base}: not downloaded{why}; its resources are not in the totals"
    project.note(Notice("module-not-downloaded", found.severity, message, declared.header, found.fix))
    return None


def _names(module: Module, declared: Declared) -> list[str]:
    """The names of the calls from the root module down to this one."""
    found = [declared.node.labels[0]]
    at: Module | None = module
    while at is not None and at.call is not None:
        found.append(at.call.node.labels[0])
        at = at.parent
    return found[::-1]


def _ancestors(module: Module) -> list[str]:
    found = [module.declared.directory]
    above = module.parent
    while above is not None:
        found.append(above.declared.directory)
        above = above.parent
    return found
