"""Holds the names of an expression against the attributes that exist, also below a path and inside a quantifier.

`any(rule, abort_incomplet == null)` and `monthly.ceilng > 5` would be null and decide nothing: here they are errors.
What lies below a map, or in a list whose elements are not known, cannot be checked and is not.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from finops_gate.errors import ExpressionError
from finops_gate.expression import CONSTANTS, nearest
from finops_gate.expression_functions import QUANTIFIERS
from finops_gate.model import Span
from finops_gate.policy.attributes import ANY, Shape

Scopes = Sequence["Shape | None"]
"""The names that are visible, the innermost last; None where it is not known which they are."""


def merged(shapes: Collection[Shape]) -> Shape:
    """The shape that has what any of some shapes has."""
    if len(shapes) == 1:
        return next(iter(shapes))
    if any(shape is ANY for shape in shapes):
        return ANY
    names = sorted({name for shape in shapes for name in shape})
    return {name: merged([shape[name] for shape in shapes if name in shape]) for name in names}


def check_names(source: str, root: Shape, span: Span) -> None:
    """Raises ExpressionError for the first name or attribute that does not exist, with the nearest that does."""
    _Check(source, span).visit(ast.parse(source.strip(), mode="eval").body, [root])


class _Check:
    """One walk over an expression that has already been compiled."""

    def __init__(self, source: str, span: Span) -> None:
        self.source, self.span = source, span

    def visit(self, node: ast.AST, scopes: Scopes) -> None:
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
            self.shape(node, scopes)
        elif isinstance(node, ast.Call) and is_quantifier(node):
            self.visit(node.args[0], scopes)
            self.visit(node.args[1], [*scopes, self.elements(node.args[0], scopes)])
        else:
            inner = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
            for child in inner:
                self.visit(child, scopes)

    def elements(self, node: ast.AST, scopes: Scopes) -> Shape | None:
        """The names of a collection's elements; None where they are not known."""
        found = self.shape(node, scopes) if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) else None
        return None if found is None or found is ANY else {**found, "it": found}

    def shape(self, node: ast.AST, scopes: Scopes) -> Shape | None:
        """What lies below a path; None where that is not known."""
        if isinstance(node, ast.Name):
            return self.named(node.id, scopes)
        if isinstance(node, ast.Attribute):
            return self.below(self.shape(node.value, scopes), node.attr)
        if isinstance(node, ast.Subscript):
            base = self.shape(node.value, scopes)
            if isinstance(node.slice, ast.Constant):
                return self.below(base, node.slice.value) if isinstance(node.slice.value, str) else base
            self.visit(node.slice, scopes)
            return None
        self.visit(node, scopes)
        return None

    def named(self, name: str, scopes: Scopes) -> Shape | None:
        if name in CONSTANTS:
            return None
        for scope in reversed(scopes):
            if scope is None or scope is ANY:
                return None
            if name in scope:
                return self.held(scope[name])
        raise self.error(name, {known for scope in scopes for known in scope or ()})

    def below(self, base: Shape | None, name: str) -> Shape | None:
        if base is None or base is ANY:
            return base
        if name not in base:
            raise self.error(name, base)
        return self.held(base[name])

    @staticmethod
    def held(shape: Any) -> Shape | None:
        return shape if isinstance(shape, Mapping) else None

    def error(self, name: str, known: Collection[str]) -> ExpressionError:
        said = f"in the expression `{self.source[:80]}`: there is no `{name}`{nearest(name, known)}"
        return ExpressionError(said, self.span)


def is_quantifier(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in QUANTIFIERS and len(node.args) == 2
