"""Expressions and templates by themselves, outside of any module."""

from __future__ import annotations

from collections.abc import Mapping

from finops_gate.sources.files import WorkingTree
from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.evaluate import evaluate
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Constants, Files, Scope, SourceFile
from finops_gate.sources.terraform.syntax import Body, Source
from finops_gate.sources.terraform.values import Value


def evaluate_text(text: str, variables: Mapping[str, Value], root: str | None = None, template: bool = False) -> Value:
    """The value of an expression, or of a template's text. Raises EvaluationError."""
    node, problems = hcl.parse_template(text) if template else hcl.parse_expression(text)
    source = Source(text, Body({}, [], 0, 0), problems)
    if problems:
        problem = problems[0]
        raise EvaluationError(problem.message, source.span("expression", problem.start, problem.end))
    around = Files(WorkingTree(root)) if root is not None else None
    return evaluate(node, Scope(Constants(variables, around), SourceFile("expression", source)))
