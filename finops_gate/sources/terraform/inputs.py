"""Values given to a root module's variables, in Terraform's order of precedence.

https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finops_gate.model import Notice, Span
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.evaluate import evaluate
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.project import Deployment
from finops_gate.sources.terraform.reading import parse_file, syntax_notices
from finops_gate.sources.terraform.scope import Constants, Scope, SourceFile
from finops_gate.sources.terraform.syntax import Node, Source
from finops_gate.sources.terraform.types import Primitive, Type
from finops_gate.sources.terraform.values import Value, from_plain, text


@dataclass(frozen=True, slots=True)
class Input:
    """A variable's value: an expression of a tfvars file, or what a setting or the environment says."""

    node: Node | None
    file: SourceFile | None
    plain: Any = None

    def value(self, wanted: Type) -> Value:
        """Raises EvaluationError."""
        if self.node is not None and self.file is not None:
            return evaluate(self.node, Scope(Constants({}), self.file))
        if isinstance(self.plain, str) and not isinstance(wanted, Primitive):
            return _parsed(self.plain)
        return from_plain(self.plain)

    @property
    def origin(self) -> Span | None:
        return self.file.span(self.node) if self.node is not None and self.file is not None else None


def _parsed(plain: str) -> Value:
    """A text given for a variable that is no text is an expression, as on Terraform's command line."""
    node, problems = hcl.parse_expression(plain)
    if problems:
        raise EvaluationError(f"the value given is not an expression: {problems[0].message}")
    source = Source(plain, hcl.parse("").body, [])
    return evaluate(node, Scope(Constants({}), SourceFile("", source)))


def gather(
    tree: Tree, settings: Mapping[str, Any], files: Sequence[str], deployment: Deployment
) -> tuple[dict[str, Input], list[Notice]]:
    """The inputs of a root module whose directory holds `files`.

    Of the settings, `environment` has what `TF_VAR_*` says, `var_files` are paths from the scan root, and `vars` win;
    what a deployment has of its own goes before what the settings say for all, and the command line before both.
    """
    last = settings.get("command_line") or {}
    found: dict[str, Input] = {}
    notices: list[Notice] = []
    for name, value in {**(settings.get("environment") or {}), **deployment.environment}.items():
        found[name] = Input(None, None, value)
    asked = [*(settings.get("var_files") or ()), *deployment.var_files, *(last.get("var_files") or ())]
    for path in [*automatic(files), *asked]:
        try:
            file = parse_file(tree, path)
        except Unreadable as error:
            notices.append(error.notice)
            continue
        notices += syntax_notices(file)
        for name, attribute in file.source.body.attributes.items():
            found[name] = Input(attribute.value, file)
    for values in (settings.get("vars") or {}, deployment.vars, last.get("vars") or {}):
        for name, value in values.items():
            found[str(name)] = Input(None, None, text(value) if isinstance(value, str) else value)
    return found, notices


def automatic(files: Sequence[str]) -> list[str]:
    """The files that Terraform reads unasked, in its order: terraform.tfvars, then *.auto.tfvars by name."""
    names = {posixpath.basename(path): path for path in files}
    first = [names[name] for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    auto = [names[name] for name in sorted(names) if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    return first + auto
