"""Terraform's JSON syntax, as the tree of the native one.

https://developer.hashicorp.com/terraform/language/syntax/json

JSON does not tell a nested block from a map. Inside resources an object is taken for a block, unless its name is
one that providers use for maps.
"""

from __future__ import annotations

from collections.abc import Iterator

from finops_gate.sources.terraform import hcl
from finops_gate.sources.terraform.dependencies import children
from finops_gate.sources.terraform.json_values import JsonProblem, offsets_within, read
from finops_gate.sources.terraform.syntax import (
    Attribute,
    Block,
    Body,
    Node,
    ObjectNode,
    Source,
    SyntaxProblem,
    Template,
    TupleNode,
)

LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1}
MAPS = frozenset(
    [
        "tags",
        "tags_all",
        "labels",
        "default_labels",
        "effective_labels",
        "user_labels",
        "resource_labels",
        "annotations",
        "variables",
        "environment_variables",
        "metadata",
        "parameters",
        "app_settings",
        "triggers",
        "triggers_replace",
        "keepers",
        "input",
        "values",
        "options",
        "request_parameters",
        "response_parameters",
        "query_parameters",
        "limits",
        "node_selector",
        "match_labels",
        "data",
        "binary_data",
        "for_each",
        "default_arguments",
        "arguments",
        "connection_properties",
        "extra_args",
        "volume_tags",
    ]
)
REFERENCES = frozenset({"depends_on", "provider", "providers", "ignore_changes", "from", "to", "iterator"})
BLOCKS_WITHOUT_MAPS = frozenset({"resource", "data", "provider"})


def parse(text: str) -> Source:
    """The tree of a `.tf.json` file."""
    problems: list[SyntaxProblem] = []
    body = Body({}, [], 0, len(text))
    for top in _read(text, problems):
        for name, key, value in _entries(top, problems):
            if name == "//":
                continue
            _blocks(_Reader(text, problems), body, name, key, value, [], LABELS.get(name, 0))
    return Source(text, body, problems)


def parse_values(text: str) -> Source:
    """The tree of a `.tfvars.json` file: plain values, in which nothing is interpolated."""
    problems: list[SyntaxProblem] = []
    body = Body({}, [], 0, len(text))
    for top in _read(text, problems):
        for name, key, value in _entries(top, problems):
            body.attributes[name] = Attribute(name, value, key.start, value.end)
    return Source(text, body, problems)


def _read(text: str, problems: list[SyntaxProblem]) -> list[ObjectNode]:
    try:
        root = read(text)
    except JsonProblem as error:
        problems.append(error.problem)
        return []
    found = [node for node in _each(root) if isinstance(node, ObjectNode)]
    if not found:
        problems.append(SyntaxProblem("expected an object", root.start, root.end))
    return found


def _each(node: Node) -> list[Node]:
    return node.items if isinstance(node, TupleNode) else [node]


def _entries(node: Node, problems: list[SyntaxProblem]) -> Iterator[tuple[str, Template, Node]]:
    if not isinstance(node, ObjectNode):
        problems.append(SyntaxProblem("expected an object", node.start, node.end))
        return
    for key, value in node.items:
        assert isinstance(key, Template)
        yield "".join(key.parts), key, value


class _Reader:
    """Makes bodies of JSON objects, and expressions of the texts in them."""

    def __init__(self, text: str, problems: list[SyntaxProblem]) -> None:
        self.text, self.problems = text, problems

    def body(self, node: Node, kind: str) -> Body:
        body = Body({}, [], node.start, node.end)
        for part in _each(node):
            for name, key, value in _entries(part, self.problems):
                if name != "//":
                    self.member(body, kind, name, key, value)
        return body

    def member(self, body: Body, kind: str, name: str, key: Template, value: Node) -> None:
        if name == "dynamic" and kind in BLOCKS_WITHOUT_MAPS:
            for label, label_key, content in _entries(value, self.problems):
                for part in _each(content):
                    body.blocks.append(self.block("dynamic", [label], label_key, part, kind))
        elif kind in BLOCKS_WITHOUT_MAPS and name not in MAPS and _is_block(value):
            for part in _each(value):
                body.blocks.append(self.block(name, [], key, part, kind))
        else:
            body.attributes[name] = Attribute(name, self.expression(value, kind, name), key.start, value.end)

    def block(self, type: str, labels: list[str], key: Template, node: Node, kind: str) -> Block:
        return Block(type, labels, self.body(node, kind), key.end, key.start, node.end)

    def expression(self, node: Node, kind: str, name: str) -> Node:
        """A value as an expression; the constraint of a variable and references stand in texts."""
        if kind == "variable" and name != "validation":
            return self.bare(node) if name == "type" else node
        if name in REFERENCES or (kind == "module" and name in ("source", "version")):
            return self.bare(node) if name in ("from", "to", "iterator") else node
        return self.templates(node)

    def bare(self, node: Node) -> Node:
        """The expression that a text is."""
        if not isinstance(node, Template) or not node.parts:
            return node
        found, problems = hcl.parse_expression("".join(node.parts))
        return self.placed(node, found, problems)

    def templates(self, node: Node) -> Node:
        if isinstance(node, Template):
            written = "".join(node.parts)
            if "${" not in written and "%{" not in written:
                return node
            return self.placed(node, *hcl.parse_template(written))
        if isinstance(node, TupleNode):
            return TupleNode([self.templates(item) for item in node.items], node.start, node.end)
        if isinstance(node, ObjectNode):
            items = [(self.templates(key), self.templates(value)) for key, value in node.items]
            return ObjectNode(items, node.start, node.end)
        return node

    def placed(self, written: Template, found: Node, problems: list[SyntaxProblem]) -> Node:
        """The expression of a text, with the offsets at which it stands in the file."""
        offsets = offsets_within(self.text, written)
        last = len(offsets) - 1
        for problem in problems:
            start, end = offsets[min(problem.start, last)], offsets[min(problem.end, last)]
            self.problems.append(SyntaxProblem(problem.message, start, end))
        stack: list[object] = [found]
        while stack:
            node = stack.pop()
            if isinstance(node, list | tuple):
                stack += node
            elif isinstance(node, Node):
                stack += children(node)
                node.start, node.end = offsets[min(node.start, last)], offsets[min(node.end, last)]
        found.start, found.end = written.start, written.end
        return found


def _is_block(node: Node) -> bool:
    if isinstance(node, TupleNode):
        return bool(node.items) and all(isinstance(item, ObjectNode) for item in node.items)
    return isinstance(node, ObjectNode)


def _blocks(reader: _Reader, body: Body, type: str, key: Template, node: Node, labels: list[str], missing: int) -> None:
    """The blocks below a name: as many levels of labels as the type has, then one body or several."""
    for part in _each(node):
        if missing and not isinstance(part, ObjectNode):
            reader.problems.append(SyntaxProblem("expected an object", part.start, part.end))
        elif missing:
            for label, label_key, value in _entries(part, reader.problems):
                if label != "//":
                    _blocks(reader, body, type, label_key, value, [*labels, label], missing - 1)
        else:
            inner = reader.body(part, type)
            body.blocks.append(Block(type, labels, inner, key.end, key.start, part.end))
