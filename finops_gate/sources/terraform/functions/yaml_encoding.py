"""`yamlencode`: YAML as Terraform writes it, every text quoted, every structure on lines of its own."""

from __future__ import annotations

from decimal import Decimal

from finops_gate.sources.terraform.values import MAPPINGS, Null, Value, entries, format_number

WIDTH = 80
"""A quoted text goes on in the next line at the first space behind this column."""

_ESCAPES = {
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
    "\ufeff": "\\uFEFF",
}


def encode(value: Value) -> str:
    """The document of a wholly known value."""
    first, *rest = _lines(value, 0)
    if isinstance(value, bool | Decimal | Null):
        rest = ["..."]
    return "\n".join([first, *(_indented(rest) if isinstance(value, str) else rest), ""])


def _lines(value: Value, column: int) -> list[str]:
    """A value's lines, indented from its own margin; `column` is where its first character will stand."""
    if isinstance(value, str):
        return _literal(value) if _is_block(value) else _quoted(value, column)
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, Decimal):
        return [format_number(value)]
    if isinstance(value, Null):
        return ["null"]
    if not value.items:
        return ["{}" if isinstance(value, MAPPINGS) else "[]"]
    if isinstance(value, MAPPINGS):
        return [line for name, item in entries(value) for line in _pair(name, item, column)]
    return [line for item in value.items for line in _entry(item, column)]


def _is_structure(value: Value) -> bool:
    return not isinstance(value, str | bool | Decimal | Null) and bool(value.items)


def _pair(name: str, item: Value, column: int) -> list[str]:
    key = f"{_unfolded(name)}:"
    if not _is_structure(item):
        first, *rest = _lines(item, column + len(key) + 1)
        return [f"{key} {first}", *_indented(rest)]
    lines = _lines(item, column + 2)
    return [key, *(_indented(lines) if isinstance(item, MAPPINGS) else lines)]


def _entry(item: Value, column: int) -> list[str]:
    first, *rest = _lines(item, column + 2)
    return [f"- {first}", *_indented(rest)]


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _is_block(value: str) -> bool:
    """Whether a text may stand in lines of its own: it has lines, and nothing that needs an escape."""
    printable = all(character == "\n" or _is_printable(character) for character in value)
    return "\n" in value and printable and " \n" not in value and not value.endswith(" ")


def _is_printable(character: str) -> bool:
    code = ord(character)
    return 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or (0xE000 <= code <= 0xFFFD and code != 0xFEFF)


def _literal(value: str) -> list[str]:
    hint = "2" if value[0] in " \n" else ""
    stripped = value.rstrip("\n")
    ends = len(value) - len(stripped)
    chomping = "-" if not ends else "" if ends == 1 and stripped else "+"
    lines = (value[:-1] if ends else value).split("\n")
    return [f"|{hint}{chomping}", *lines]


def _unfolded(value: str) -> str:
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(character: str) -> str:
    known = _ESCAPES.get(character)
    if known is not None:
        return known
    if _is_printable(character):
        return character
    code = ord(character)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _quoted(value: str, column: int) -> list[str]:
    """A quoted text, folded at single spaces behind the width."""
    lines: list[str] = []
    line, at, after_space = '"', column + 1, False
    for i, character in enumerate(value):
        if character == " " and not after_space and at > WIDTH and 0 < i < len(value) - 1:
            lines.append(line)
            line = "\\" if value[i + 1] == " " else ""
            at, after_space = len(line) + 2, True
            continue
        written = _escaped(character)
        line, at, after_space = line + written, at + len(written), character == " "
    return [*lines, f'{line}"']
