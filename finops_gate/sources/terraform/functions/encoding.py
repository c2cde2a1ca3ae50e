"""Functions that encode, decode and hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from finops_gate.model import Unknown
from finops_gate.sources.terraform.convert import to_number
from finops_gate.sources.terraform.functions.registry import Parameter, function, maybe
from finops_gate.sources.terraform.functions.strings import MAX_TEXT, short_enough
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import NUMBER, STRING, ObjectType, Type
from finops_gate.sources.terraform.values import (
    MAPPINGS,
    ListValue,
    Null,
    ObjectValue,
    UnknownValue,
    Value,
    entries,
    format_number,
    from_plain,
    text,
)

_CSV_FIELD = re.compile(r'(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>[^",\r\n]*))(?P<end>,|\r?\n|\Z)')
_JSON_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def decoded_text(content: bytes) -> str:
    try:
        return text(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EvaluationError("the content is not UTF-8") from error


@function("base64encode", STRING, returns=STRING)
def base64encode(value: str) -> Value:
    return base64.b64encode(value.encode()).decode()


@function("base64decode", STRING, returns=STRING)
def base64decode(value: str) -> Value:
    return decoded_text(_from_base64(value))


def _from_base64(value: str) -> bytes:
    try:
        return base64.b64decode(value.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EvaluationError("this is not base64") from error


@function("base64gzip", STRING, returns=STRING)
def base64gzip(value: str) -> Value:
    return UnknownValue(Unknown("the result of base64gzip depends on the compressor"), STRING)


@function("base64gunzip", STRING, returns=STRING)
def base64gunzip(value: str) -> Value:
    engine = zlib.decompressobj(wbits=31)
    try:
        content = engine.decompress(_from_base64(value), MAX_TEXT)
    except zlib.error as error:
        raise EvaluationError("this is not gzip") from error
    if engine.unconsumed_tail:
        raise EvaluationError("the text grows beyond 4 million characters")
    return decoded_text(content)


@function("textencodebase64", STRING, STRING, returns=STRING)
def textencodebase64(value: str, encoding: str) -> Value:
    try:
        mark = _BYTE_ORDER_MARKS.get(encoding.lower(), b"")
        return base64.b64encode(mark + value.encode(_codec(encoding))).decode()
    except UnicodeEncodeError as error:
        raise EvaluationError(f"the text has characters that {encoding} has not") from error


@function("textdecodebase64", STRING, STRING, returns=STRING)
def textdecodebase64(value: str, encoding: str) -> Value:
    try:
        return text(_from_base64(value).decode(_codec(encoding)))
    except UnicodeDecodeError as error:
        raise EvaluationError(f"the bytes are not {encoding}") from error


def _codec(name: str) -> str:
    """Python's name of an encoding; the wide ones are big-endian, as Terraform writes them."""
    import codecs

    wide = {"utf-16": "utf-16-be", "utf-32": "utf-32-be"}
    try:
        found = codecs.lookup(wide.get(name.lower(), name))
    except LookupError as error:
        raise EvaluationError(f'"{name[:40]}" is not an encoding') from error
    if not getattr(found, "_is_text_encoding", True):
        raise EvaluationError(f'"{name[:40]}" is not an encoding')
    return found.name


_BYTE_ORDER_MARKS = {"utf-16": b"\xfe\xff"}


@function("urlencode", STRING, returns=STRING)
def urlencode(value: str) -> Value:
    return quote(value, safe="-_.~").replace("%20", "+")


@function("urldecode", STRING, returns=STRING)
def urldecode(value: str) -> Value:
    return decoded_text(unquote_to_bytes(value.replace("+", " ")))


def _hash(name: str, algorithm: str) -> None:
    def hexadecimal(value: str) -> Value:
        return hashlib.new(algorithm, value.encode(), usedforsecurity=False).hexdigest()

    function(name, STRING, returns=STRING)(hexadecimal)


def _base64_hash(name: str, algorithm: str) -> None:
    def encoded(value: str) -> Value:
        return base64.b64encode(hashlib.new(algorithm, value.encode()).digest()).decode()

    function(name, STRING, returns=STRING)(encoded)


for _name in ("md5", "sha1", "sha256", "sha512"):
    _hash(_name, _name)
for _name in ("sha256", "sha512"):
    _base64_hash(f"base64{_name}", _name)


@function("uuidv5", STRING, STRING, returns=STRING)
def uuidv5(namespace: str, name: str) -> Value:
    import uuid

    known = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    try:
        space = known.get(namespace) or uuid.UUID(namespace)
    except ValueError as error:
        raise EvaluationError(f'"{namespace[:40]}" is neither a namespace nor a UUID') from error
    return str(uuid.uuid5(space, name))


@function("jsonencode", maybe(), returns=STRING)
def jsonencode(value: Value) -> Value:
    return short_enough(to_json(value))


def to_json(value: Value) -> str:
    """JSON as Go writes it: keys in order, no spaces, and the characters of HTML escaped."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).translate(_JSON_ESCAPES)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, Null):
        return "null"
    if isinstance(value, MAPPINGS):
        return "{" + ",".join(f"{to_json(name)}:{to_json(item)}" for name, item in entries(value)) + "}"
    return "[" + ",".join(map(to_json, value.items)) + "]"


@function("jsondecode", STRING)
def jsondecode(value: str) -> Value:
    return from_plain(parse_json(value))


def parse_json(value: str) -> Any:
    """Plain Python values of a JSON text. Raises EvaluationError."""

    def refuse(constant: str) -> Any:
        raise EvaluationError(f"this is not JSON: {constant}")

    try:
        return json.loads(value, parse_int=to_number, parse_float=to_number, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise EvaluationError(f"this is not JSON: {error.msg} at line {error.lineno}") from error
    except RecursionError as error:
        raise EvaluationError("the JSON is nested too deeply") from error


@function("csvdecode", STRING)
def csvdecode(value: str) -> Value:
    """One object a row, by the names of the first row."""
    rows = _csv_rows(value)
    if not rows:
        raise EvaluationError("the CSV has no header")
    header, *records = rows
    if len(set(header)) != len(header):
        raise EvaluationError("a column's name stands twice in the header")
    if any(len(row) != len(header) for row in records):
        raise EvaluationError("a row has other columns than the header")
    items: list[Value] = [ObjectValue(dict(zip(header, map(text, row), strict=True))) for row in records]
    return ListValue(items, ObjectType(dict.fromkeys(header, STRING)))


def _csv_rows(value: str) -> list[list[str]]:
    """The rows of RFC 4180; empty lines are none. Raises EvaluationError for a stray quotation mark."""
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(value):
        match = _CSV_FIELD.match(value, at)
        if match is None:
            raise EvaluationError(f"a quotation mark stands where none may, in row {len(rows) + 1}")
        field, end = match["quoted"], match["end"]
        row.append(match["bare"] if field is None else field.replace('""', '"'))
        at = match.end()
        if end != ",":
            if row != [""] or field is not None:
                rows.append(row)
            row = []
        elif at == len(value):
            row.append("")
    return [*rows, row] if row else rows


@function("yamldecode", STRING)
def yamldecode(value: str) -> Value:
    from finops_gate.sources.terraform.functions.yaml_documents import decode

    return decode(value)


@function("yamlencode", maybe(), returns=STRING)
def yamlencode(value: Value) -> Value:
    from finops_gate.sources.terraform.functions.yaml_encoding import encode

    return short_enough(encode(value))


def _varying(name: str, *parameters: Parameter | Type, optional: int = 0) -> None:
    """A function whose result changes from run to run, or needs a key: never known here."""

    def run(*_: Value) -> Value:
        return UnknownValue(Unknown(f"the result of {name}() changes from run to run"), STRING)

    function(name, *parameters, optional=optional, returns=STRING)(run)


_varying("uuid")
_varying("bcrypt", STRING, NUMBER, optional=1)
_varying("rsadecrypt", STRING, STRING)
