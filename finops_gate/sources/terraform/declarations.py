"""What the files of one directory declare: a module, before anything is evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from finops_gate.model import Notice, Span, Unknown
from finops_gate.sources.files import Tree, Unreadable
from finops_gate.sources.terraform.dependencies import Reference, references_in
from finops_gate.sources.terraform.problems import unread_at
from finops_gate.sources.terraform.reading import in_force, is_override, parse_file, syntax_notices
from finops_gate.sources.terraform.scope import SourceFile
from finops_gate.sources.terraform.syntax import Attribute, Block, Body, Node, Template


@dataclass(frozen=True, slots=True)
class Declared:
    """A block and the file it stands in; `overrides` are what override files put in its place."""

    node: Block
    file: SourceFile
    overrides: tuple[Declared, ...] = ()

    @property
    def layers(self) -> tuple[Declared, ...]:
        """The block without what is overridden, and its overrides."""
        return (self, *self.overrides)

    def attribute(self, name: str) -> Node | None:
        for layer in reversed(self.layers):
            found = layer.node.body.attributes.get(name)
            if found is not None:
                return found.value
        return None

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
        """The place of the block up to its brace: what stands for the whole."""
        return self.file.source.span(self.file.path, self.node.start, self.node.header_end)


@dataclass(frozen=True, slots=True)
class DeclaredLocal:
    node: Attribute
    file: SourceFile


@dataclass(slots=True)
class Declarations:
    """A module's blocks by what names them. `data` and `resources` are keyed by type and name."""

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
    moves: dict[str, list[str]] | None = None
    """What each target of the `moved` blocks is moved from, once somebody asks."""
    has_backend: bool = False
    notices: list[Notice] = field(default_factory=list)
    references: dict[int, tuple[Reference, ...]] = field(default_factory=dict)

    @property
    def unread(self) -> Unknown | None:
        """Why there may be more than is declared here; None where every file was read."""
        spans = [notice.span for notice in self.notices if notice.code == "syntax-error" and notice.span is not None]
        return Unknown(unread_at(spans[0]), spans[0]) if spans else None

    def references_of(self, node: Node | Body) -> tuple[Reference, ...]:
        """The names that an expression or a body refers to, found once for all instances of the module."""
        key = id(node)
        if key not in self.references:
            self.references[key] = references_in(node)
        return self.references[key]


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


def _overridden(base: Declared, override: Declared) -> Declared:
    """An override file replaces attributes one by one, and nested blocks of a type all at once."""
    over = override.node.body
    replaced = {block.type for block in over.blocks}
    layers = [_without(layer, set(over.attributes), replaced) for layer in base.layers]
    return Declared(layers[0].node, layers[0].file, (*layers[1:], override))


def _without(layer: Declared, attributes: set[str], blocks: set[str]) -> Declared:
    node, body = layer.node, layer.node.body
    kept = {name: attribute for name, attribute in body.attributes.items() if name not in attributes}
    rest = Body(kept, [block for block in body.blocks if block.type not in blocks], body.start, body.end)
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
