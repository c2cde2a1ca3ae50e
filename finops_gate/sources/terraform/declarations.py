"""What the files of one directory declare: a module, before anything is evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeAlias

from finops_gate.model import Notice, Span, Unknown
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.terraform.dependencies import Reference, references_in
from finops_gate.sources.terraform.problems import unread_at
from finops_gate.sources.terraform.reading import in_force, is_override, parse_file, syntax_notices
from finops_gate.sources.terraform.scope import SourceFile
from finops_gate.sources.terraform.syntax import Attribute, Block, Body, Node, Template
from finops_gate.sources.terraform.types import Type


@dataclass(frozen=True, slots=True)
class Declared:
    """A block and the file it stands in; `overrides` are what override files put in its place."""

    node: Block
    file: SourceFile
    overrides: tuple[Declared, ...] = ()
    _header: Span | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def layers(self) -> tuple[Declared, ...]:
        """The block without what is overridden, and its overrides."""
        return (self, *self.overrides)

    def attribute(self, name: str) -> Node | None:
        for override in reversed(self.overrides):
            found = override.node.body.attributes.get(name)
            if found is not None:
                return found.value
        found = self.node.body.attributes.get(name)
        return None if found is None else found.value

    @property
    def unread(self) -> Unknown | None:
        """Why a part of the block may not have been read; None where all of it was."""
        for layer in self.layers:
            problem = layer.node.broken_off
            if problem is not None:
                span = layer.file.source.span(layer.file.path, problem.start, problem.end)
                return Unknown(unread_at(span), span)
        return None

    @property
    def header(self) -> Span:
        """The place of the block up to its brace: what stands for the whole. Looked up once."""
        found = self._header
        if found is None:
            found = self.file.source.span(self.file.path, self.node.start, self.node.header_end)
            object.__setattr__(self, "_header", found)
        return found


@dataclass(frozen=True, slots=True)
class DeclaredLocal:
    node: Attribute
    file: SourceFile


Item: TypeAlias = tuple[str, ...]
"""What a module has values of: `("var", name)`, `("resource", type, name)`, `("call", name)` and so on."""

Need: TypeAlias = tuple[Item, tuple[str, ...]]
"""An item that an expression names; where it is a call, the output that it takes, or none where it takes them all."""


@dataclass(slots=True)
class Declarations:
    """A module's blocks by what names them. `data` and `resources` are keyed by type and name.

    Every use of the module shares them, and what is found out about the code itself, once somebody asks: `moves` (what
    each target of the `moved` blocks is moved from), `types` of variables, and `needed` of expressions.
    """

    directory: str
    variables: dict[str, Declared] = field(default_factory=dict)
    locals: dict[str, DeclaredLocal] = field(default_factory=dict)
    outputs: dict[str, Declared] = field(default_factory=dict)
    calls: dict[str, Declared] = field(default_factory=dict)
    resources: dict[tuple[str, str], Declared] = field(default_factory=dict)
    data: dict[tuple[str, str], Declared] = field(default_factory=dict)
    providers: dict[tuple[str, str], Declared] = field(default_factory=dict)
    moved: list[Declared] = field(default_factory=list)
    removed: list[Declared] = field(default_factory=list)
    has_backend: bool = False
    notices: list[Notice] = field(default_factory=list)
    moves: dict[str, list[str]] | None = None
    types: dict[str, Type] = field(default_factory=dict)
    needed: dict[int, tuple[Need, ...]] = field(default_factory=dict)

    def has(self, item: Item) -> bool:
        """Whether an item that expressions may name is declared."""
        kind, name = item[0], item[1]
        if kind == "resource":
            return item[1:] in self.resources
        if kind == "data":
            return item[1:] in self.data
        return name in (self.variables if kind == "var" else self.locals if kind == "local" else self.calls)

    @property
    def unread(self) -> Unknown | None:
        """Why there may be more than is declared here; None where every file was read."""
        spans = [notice.span for notice in self.notices if notice.code == "syntax-error" and notice.span is not None]
        return Unknown(unread_at(spans[0]), spans[0]) if spans else None

    def needs_of(self, node: Node | Body) -> tuple[Need, ...]:
        """The items that an expression or a body names, found once for all instances of the module."""
        found = self.needed.get(id(node))
        if found is None:
            needs = (self._need(reference) for reference in references_in(node))
            found = self.needed[id(node)] = tuple(need for need in needs if need is not None)
        return found

    def _need(self, reference: Reference) -> Need | None:
        """The item that a reference leads to; None where there is none of that name."""
        root, *names = reference
        name = names[0]
        if root == "var":
            return (reference, ()) if name in self.variables else None
        if root == "local":
            return (reference, ()) if name in self.locals else None
        if root == "module":
            return (("call", name), reference[2:]) if name in self.calls else None
        if root == "data":
            return (reference, ()) if reference[1:] in self.data else None
        return (("resource", root, name), ()) if (root, name) in self.resources else None


def read_directory(tree: Tree, directory: str, paths: Iterable[str]) -> Declarations:
    """The declarations of these files, which stand in `directory`. Files that cannot be read leave a notice."""
    declared = Declarations(directory)
    for path in in_force(paths):
        try:
            file = parse_file(tree, path)
        except Unreadable as error:
            declared.notices.append(error.notice)
            continue
        declared.notices += syntax_notices(file)
        for block in file.source.body.blocks:
            _declare(declared, Declared(block, file))
        _note_stray_attributes(declared, file)
    return declared


def _note_stray_attributes(declared: Declarations, file: SourceFile) -> None:
    """Attributes do not stand at the top of a file; a tfvars file named `.tf` is the usual cause."""
    for attribute in file.source.body.attributes.values():
        declared.notices.append(
            Notice(
                "unexpected-attribute",
                "error",
                f'"{attribute.name}" stands outside of any block',
                file.span(attribute),
                "Move it into a block, or name the file .tfvars.",
            )
        )


_LABELS = {"variable": 1, "output": 1, "module": 1, "resource": 2, "data": 2, "provider": 1}
_FREE_OF_COST = frozenset({"action", "check", "ephemeral", "import", "language"})
"""Blocks that say nothing of what there will be; `check` may hold a data source, which only it can name."""


def _declare(declared: Declarations, item: Declared) -> None:
    block = item.node
    if block.type in _FREE_OF_COST:
        return
    if len(block.labels) != _LABELS.get(block.type, 0):
        _refuse_labels(declared, item)
        return
    if block.type == "locals":
        for attribute in block.body.attributes.values():
            declared.locals[attribute.name] = DeclaredLocal(attribute, item.file)
    elif block.type == "provider":
        alias = item.attribute("alias")
        declared.providers[(block.labels[0], literal_text(alias))] = item
    elif block.type == "terraform":
        declared.has_backend |= any(inner.type in ("backend", "cloud") for inner in block.body.blocks)
    elif block.type in ("moved", "removed"):
        (declared.moved if block.type == "moved" else declared.removed).append(item)
    elif block.type in ("resource", "data"):
        table = declared.resources if block.type == "resource" else declared.data
        _put(declared, table, (block.labels[0], block.labels[1]), item)
    elif block.type in ("variable", "output", "module"):
        table_of = {"variable": declared.variables, "output": declared.outputs, "module": declared.calls}
        _put(declared, table_of[block.type], block.labels[0], item)
    else:
        declared.notices.append(_unknown_block(item))


def _unknown_block(item: Declared) -> Notice:
    """A misspelt block would be lost without a word."""
    near = get_close_matches(item.node.type, [*_LABELS, *_FREE_OF_COST, "locals", "moved", "removed", "terraform"], 1)
    message = f'there is no block of type "{item.node.type}"' + (f'; did you mean "{near[0]}"?' if near else "")
    return Notice("unknown-block", "error", message, item.header)


def _put(declared: Declarations, table: dict[Any, Declared], key: Any, item: Declared) -> None:
    earlier = table.get(key)
    if earlier is None:
        table[key] = item
    elif is_override(item.file.path):
        table[key] = _overridden(earlier, item)
    else:
        name = ".".join(item.node.labels)
        declared.notices.append(
            Notice(
                "duplicate-block",
                "error",
                f'{item.node.type} "{name}" is declared twice; first at {earlier.file.span(earlier.node)}',
                item.header,
                "Rename or remove one of them.",
            )
        )


def block_name(block: Block) -> str:
    """The attribute that a block, or a dynamic one, is an element of."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _overridden(base: Declared, override: Declared) -> Declared:
    """An override file replaces attributes one by one, and nested blocks of a type all at once."""
    over = override.node.body
    replaced = set(map(block_name, over.blocks))
    layers = [_without(layer, set(over.attributes), replaced) for layer in base.layers]
    return Declared(layers[0].node, layers[0].file, (*layers[1:], override))


def _without(layer: Declared, attributes: set[str], blocks: set[str]) -> Declared:
    node, body = layer.node, layer.node.body
    kept = {name: attribute for name, attribute in body.attributes.items() if name not in attributes}
    rest = Body(kept, [block for block in body.blocks if block_name(block) not in blocks], body.start, body.end)
    block = Block(node.type, node.labels, rest, node.header_end, node.start, node.end)
    block.broken_off = node.broken_off
    return Declared(block, layer.file)


def _refuse_labels(declared: Declarations, item: Declared) -> None:
    wanted = _LABELS.get(item.node.type, 0)
    if item.node.type not in _LABELS:
        declared.notices.append(_unknown_block(item))
        return
    message = f"a {item.node.type} block takes {wanted} labels, not {len(item.node.labels)}"
    declared.notices.append(Notice("syntax-error", "error", message, item.header))


def literal_text(node: Node | None) -> str:
    """The text of a plain string; empty where there is none."""
    if isinstance(node, Template) and all(isinstance(part, str) for part in node.parts):
        return "".join(node.parts)
    return ""
