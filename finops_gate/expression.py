"""The one expression language of policies and cost models.

Python's grammar through `ast.parse(mode="eval")` and a whitelist of nodes, compiled to closures: comparisons,
`and or not in`, arithmetic, `x if c else y`, indexing, attribute paths, lists, calls of the functions in the
table. Three-valued: an unknown operand gives an unknown result, `and`/`or`/`not` follow Kleene. Nothing of
Python's objects can be reached, and length, depth and magnitude are bounded.
"""

from __future__ import annotations

import ast
import difflib
import operator
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from finops_gate import expression_values as values
from finops_gate.errors import ExpressionError
from finops_gate.expression_functions import LAZY, QUANTIFIERS, either, kleene, negate
from finops_gate.expression_scope import Evaluator, Scope, index, step
from finops_gate.expression_values import FUNCTIONS, Operation, strict
from finops_gate.model import BoundName, Range, Span, Unknown

MAX_LENGTH = 1_000
MAX_DEPTH = 50

CONSTANTS = {"true": True, "false": False, "null": None}

BINARY: dict[type[ast.operator], Operation] = {
    ast.Add: strict(values.plus),
    ast.Sub: strict(values.minus),
    ast.Mult: strict(values.times),
    ast.Div: strict(values.divide),
    ast.Mod: strict(values.modulo),
    ast.Pow: strict(values.power),
}

COMPARE: dict[type[ast.cmpop], Operation] = {
    ast.Eq: strict(values.equal),
    ast.NotEq: strict(lambda a, b: not values.equal(a, b)),
    ast.Lt: strict(values.ordering(operator.lt)),
    ast.LtE: strict(values.ordering(operator.le)),
    ast.Gt: strict(values.ordering(operator.gt)),
    ast.GtE: strict(values.ordering(operator.ge)),
    ast.In: strict(values.member),
    ast.NotIn: strict(lambda a, b: not values.member(a, b)),
}


class Expression:
    """A compiled expression. `names` are the root names it uses, `paths` the dotted paths from them, as they come."""

    __slots__ = ("_evaluate", "names", "paths", "source")

    def __init__(self, source: str, evaluate: Evaluator, paths: tuple[str, ...]) -> None:
        self.source, self._evaluate, self.paths = source, evaluate, paths
        self.names = frozenset(path.split(".")[0].split("[")[0] for path in paths)

    def evaluate(self, scope: Mapping[str, Any], bound: BoundName = "expected") -> Any:
        """The value under these names; a Range among them yields `bound`. Never raises for what they hold."""
        return self._evaluate(Scope(scope, bound))

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


def compile_expression(
    source: str,
    names: Collection[str] | None = None,
    span: Span | None = None,
    functions: Mapping[str, tuple[int, int, Operation]] | None = None,
) -> Expression:
    """Compiles an expression; `names` are the root names that exist (None: any), `functions` extend the table.

    Raises ExpressionError, at `span`, for what does not parse and for a name or function that does not exist.
    """
    return _Compiler(source, names, span, {**FUNCTIONS, **(functions or {})}).compile()


class _Compiler:
    """Walks the tree once and leaves closures; one instance an expression."""

    def __init__(
        self,
        source: str,
        names: Collection[str] | None,
        span: Span | None,
        functions: Mapping[str, tuple[int, int, Operation]],
    ) -> None:
        self.source, self.known_names, self.span, self.functions = source, names, span, functions
        self.paths: dict[str, None] = {}
        self.quantifiers = 0
        self.depth = 0

    def error(self, message: str) -> ExpressionError:
        return ExpressionError(f"in the expression `{self.source[:80]}`: {message}", self.span)

    def compile(self) -> Expression:
        if len(self.source) > MAX_LENGTH:
            raise self.error(f"it is longer than {MAX_LENGTH} characters")
        try:
            tree = ast.parse(self.source.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self.error(f"{getattr(error, 'msg', None) or 'it is nested too deeply'}") from None
        return Expression(self.source, self.value(tree.body), tuple(self.paths))

    def value(self, node: ast.AST) -> Evaluator:
        """The evaluator of a node, with a Range already resolved to the bound of the pass."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"it is nested more than {MAX_DEPTH} deep")
        try:
            if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
                return resolved(self.path(node, outermost=True))
            handler = getattr(self, f"on_{type(node).__name__.lower()}", None)
            if handler is None:
                raise self.error(f"{type(node).__name__} is not part of the language")
            evaluator: Evaluator = handler(node)
            return evaluator
        finally:
            self.depth -= 1

    # Paths

    def path(self, node: ast.AST, outermost: bool = False) -> Evaluator:
        if outermost:
            written = dotted(node)
            if written:
                self.paths.setdefault(written)
        if isinstance(node, ast.Name):
            return self.on_name(node)
        if isinstance(node, ast.Attribute):
            return step(self.path(node.value), node.attr)
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        return self.value(node)

    def on_name(self, node: ast.Name) -> Evaluator:
        name = node.id
        if name in CONSTANTS:
            constant = CONSTANTS[name]
            return lambda scope: constant
        known = self.known_names
        if known is not None and name not in known and not self.quantifiers:
            raise self.error(f"there is no `{name}`{nearest(name, known)}")
        return named(name)

    def subscript(self, node: ast.Subscript) -> Evaluator:
        base, key = self.path(node.value), self.value(node.slice)
        return lambda scope: index(base(scope), key(scope))

    # Values

    def on_constant(self, node: ast.Constant) -> Evaluator:
        value: Any = node.value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            written = ast.get_source_segment(self.source.strip(), node) or str(value)
            try:
                value = Decimal(written)
            except InvalidOperation:
                raise self.error(f"{written} is not a decimal number") from None
        elif not isinstance(value, (str, bool)) and value is not None:
            raise self.error(f"{value!r} is not part of the language")
        return lambda scope: value

    def on_list(self, node: ast.List | ast.Tuple) -> Evaluator:
        elements = [self.value(e) for e in node.elts]
        return lambda scope: [element(scope) for element in elements]

    on_tuple = on_list

    def on_dict(self, node: ast.Dict) -> Evaluator:
        if not all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in node.keys):
            raise self.error("the keys of a table are texts")
        entries = {
            k.value: self.value(v) for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)
        }
        return lambda scope: {name: entry(scope) for name, entry in entries.items()}

    def on_unaryop(self, node: ast.UnaryOp) -> Evaluator:
        operand = self.value(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda scope: negate(values.truth(operand(scope)))
        if isinstance(node.op, ast.USub):
            negative = strict(lambda v: -values.number(v))
            return lambda scope: negative(operand(scope))
        raise self.error(f"{type(node.op).__name__} is not part of the language")

    def on_binop(self, node: ast.BinOp) -> Evaluator:
        operation = BINARY.get(type(node.op))
        if operation is None:
            raise self.error(f"{type(node.op).__name__} is not part of the language")
        left, right = self.value(node.left), self.value(node.right)
        return lambda scope: operation(left(scope), right(scope))

    def on_boolop(self, node: ast.BoolOp) -> Evaluator:
        operands = [self.value(v) for v in node.values]
        decisive = isinstance(node.op, ast.Or)

        def evaluate(scope: Scope) -> Any:
            undecided: Unknown | None = None
            for operand in operands:
                result = values.truth(operand(scope))
                if result is decisive:
                    return decisive
                if result.__class__ is Unknown and undecided is None:
                    undecided = result
            return not decisive if undecided is None else undecided

        return evaluate

    def on_compare(self, node: ast.Compare) -> Evaluator:
        operations = [COMPARE.get(type(op)) for op in node.ops]
        if None in operations:
            raise self.error("`is` is not part of the language: write ==")
        operands = [self.value(v) for v in (node.left, *node.comparators)]
        if len(operands) == 2:
            left, right = operands
            operation: Any = operations[0]
            return lambda scope: operation(left(scope), right(scope))

        def evaluate(scope: Scope) -> Any:
            found = [operand(scope) for operand in operands]
            pairs = zip(operations, found, found[1:], strict=False)
            return kleene((operation(a, b) for operation, a, b in pairs if operation), False)

        return evaluate

    def on_ifexp(self, node: ast.IfExp) -> Evaluator:
        test, then, otherwise = self.value(node.test), self.value(node.body), self.value(node.orelse)

        def evaluate(scope: Scope) -> Any:
            condition = values.truth(test(scope))
            if isinstance(condition, Unknown):
                return either(condition, then(scope), otherwise(scope))
            return then(scope) if condition else otherwise(scope)

        return evaluate

    # Calls

    def on_call(self, node: ast.Call) -> Evaluator:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.error("only the functions of the language can be called, without keywords")
        name = node.func.id
        if name in QUANTIFIERS and len(node.args) == 2 and name not in ("max", "min"):
            return self.quantifier(name, node.args)
        if name in LAZY:
            fewest, build = LAZY[name]
            if len(node.args) < fewest:
                raise self.error(f"{name}() takes at least {fewest} arguments")
            return build([self.value(a) for a in node.args])
        return self.call(name, node.args)

    def call(self, name: str, arguments: list[ast.expr]) -> Evaluator:
        if name not in self.functions:
            every = {*self.functions, *LAZY, *QUANTIFIERS}
            raise self.error(f"there is no function `{name}`{nearest(name, every)}")
        fewest, most, function = self.functions[name]
        if not fewest <= len(arguments) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise self.error(f"{name}() takes {wanted} arguments, not {len(arguments)}")
        evaluators = [self.value(a) for a in arguments]
        return lambda scope: function(*[evaluate(scope) for evaluate in evaluators])

    def quantifier(self, name: str, arguments: list[ast.expr]) -> Evaluator:
        collection = self.value(arguments[0])
        self.quantifiers += 1
        condition = self.value(arguments[1])
        self.quantifiers -= 1
        combine = QUANTIFIERS[name]

        def evaluate(scope: Scope) -> Any:
            found = collection(scope)
            if isinstance(found, Unknown):
                return found
            try:
                elements = values.items(found)
            except values.NotComputable as error:
                return Unknown(str(error))
            return combine(elements, [condition(scope.with_element(e)) for e in elements])

        return evaluate


def named(name: str) -> Evaluator:
    """What a name stands for; the names of a quantifier's element come before those around."""

    def evaluate(scope: Scope) -> Any:
        return scope.names.get(name) if scope.element is None else scope.lookup(name)

    return evaluate


def resolved(raw: Evaluator) -> Evaluator:
    """The value of a path; of a Range, the bound of the pass."""

    def evaluate(scope: Scope) -> Any:
        found = raw(scope)
        return found.bound(scope.bound) if found.__class__ is Range else found

    return evaluate


def dotted(node: ast.AST) -> str:
    """A path as it is written, with constant indices; empty where its base is not a name."""
    if isinstance(node, ast.Name):
        return "" if node.id in CONSTANTS else node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        base = dotted(node.value)
        key = node.slice.value
        return (f"{base}.{key}" if isinstance(key, str) else f"{base}[{key!r}]") if base else ""
    return dotted(node.value) if isinstance(node, ast.Subscript) else ""


def nearest(name: str, known: Collection[str]) -> str:
    """`; did you mean ...?` where something is near enough, for the end of a message."""
    close = difflib.get_close_matches(name, sorted(known), 1, 0.6)
    return f"; did you mean `{close[0]}`?" if close else ""
