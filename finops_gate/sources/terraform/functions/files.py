"""Functions of paths and files. Files are read inside the scanned root only; what is not there is not known."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Callable
from typing import TypeAlias

from finops_gate.model import Unknown
from finops_gate.sources.terraform.functions.encoding import decoded_text
from finops_gate.sources.terraform.functions.registry import function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.scope import Constants, Scope, SourceFile
from finops_gate.sources.terraform.syntax import Node
from finops_gate.sources.terraform.types import BOOL, DYNAMIC, STRING, SetType
from finops_gate.sources.terraform.values import (
    MAPPINGS,
    UnknownValue,
    Value,
    entries,
    make_set,
    text,
)

Evaluate: TypeAlias = Callable[[Node, Scope], Value]

MAX_PATTERN = 1_000
MAX_TEMPLATE_DEPTH = 10


@function("basename", STRING, returns=STRING)
def basename(path: str) -> Value:
    stripped = path.rstrip("/")
    return posixpath.basename(stripped) or ("/" if path else ".")


@function("dirname", STRING, returns=STRING)
def dirname(path: str) -> Value:
    return posixpath.normpath(posixpath.dirname(path) or ".")


@function("abspath", STRING, returns=STRING)
def abspath(path: str) -> Value:
    return _elsewhere("abspath", path) if not path.startswith("/") else posixpath.normpath(path)


@function("pathexpand", STRING, returns=STRING)
def pathexpand(path: str) -> Value:
    return _elsewhere("pathexpand", path) if path.startswith("~") else path


def _elsewhere(name: str, path: str) -> Value:
    return UnknownValue(Unknown(f'{name}("{path[:80]}") depends on the machine'), STRING)


@function("fileexists", STRING, returns=BOOL, scoped=True)
def fileexists(scope: Scope, path: str) -> Value:
    if _is_outside(path):
        return UnknownValue(Unknown(f"{path[:80]} is outside the scanned files", reference=None), BOOL)
    return scope.frame.read_file(path) is not None


def _is_outside(path: str) -> bool:
    return path.startswith(("/", "~"))


def _reading(name: str, of: Callable[[bytes], str]) -> None:
    """A function of a file's content."""

    def run(scope: Scope, path: str) -> Value:
        content = scope.frame.read_file(path)
        return _absent(path) if content is None else of(content)

    function(name, STRING, returns=STRING, scoped=True)(run)


def _absent(path: str) -> Value:
    return UnknownValue(Unknown(f"the file {path[:80]} is not among the scanned files"), STRING)


def _hexadecimal(algorithm: str) -> Callable[[bytes], str]:
    return lambda content: hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()


def _base64(algorithm: str) -> Callable[[bytes], str]:
    return lambda content: base64.b64encode(hashlib.new(algorithm, content).digest()).decode()


_reading("file", decoded_text)
_reading("filebase64", lambda content: base64.b64encode(content).decode())
for _algorithm in ("md5", "sha1", "sha256", "sha512"):
    _reading(f"file{_algorithm}", _hexadecimal(_algorithm))
for _algorithm in ("sha256", "sha512"):
    _reading(f"filebase64{_algorithm}", _base64(_algorithm))


@function("fileset", STRING, STRING, returns=SetType(STRING), scoped=True)
def fileset(scope: Scope, directory: str, pattern: str) -> Value:
    if _is_outside(directory):
        return UnknownValue(Unknown(f"{directory[:80]} is outside the scanned files"), SetType(STRING))
    wanted = glob_pattern(pattern)
    return make_set([text(path) for path in scope.frame.list_files(directory) if wanted.fullmatch(path)], STRING)


def glob_pattern(pattern: str) -> re.Pattern[str]:
    """`*` `?` `[a-z]` `{a,b}` within a name, `**` over directories. Raises EvaluationError."""
    if len(pattern) > MAX_PATTERN or pattern.count("*") > 20:
        raise EvaluationError("the pattern is too long")
    written, depth = "", 0
    for piece in re.findall(r"\*\*/|\*\*|\*|\?|\[[!^]?[^\]/]+\]|\\.|.", pattern, re.DOTALL):
        if piece in _GLOB:
            written += _GLOB[piece]
        elif piece[0] == "[" and len(piece) > 2:
            negated = piece[1] in "!^"
            written += f"[{'^' if negated else ''}{re.escape(piece[1 + negated : -1]).replace(chr(92) + '-', '-')}]"
        elif piece == "{":
            written, depth = written + "(?:", depth + 1
        elif piece == "}" and depth:
            written, depth = written + ")", depth - 1
        elif piece == "," and depth:
            written += "|"
        else:
            written += re.escape(piece[-1])
    try:
        return re.compile(written + ")" * depth, re.DOTALL)
    except re.error as error:
        raise EvaluationError(f"the pattern is not valid: {error}") from error


_GLOB = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@function("templatefile", STRING, DYNAMIC, deep=False, renders=True)
def templatefile(scope: Scope, evaluate: Evaluate, path: str, variables: Value) -> Value:
    content = scope.frame.read_file(path)
    if content is None:
        return _absent(path)
    return render(scope, evaluate, path, decoded_text(content), variables)


@function("templatestring", STRING, DYNAMIC, deep=False, renders=True)
def templatestring(scope: Scope, evaluate: Evaluate, template: str, variables: Value) -> Value:
    return render(scope, evaluate, "template", template, variables)


def render(scope: Scope, evaluate: Evaluate, path: str, template: str, variables: Value) -> Value:
    """A template's text with these variables. Raises EvaluationError, with its place in the template."""
    from finops_gate.sources.terraform import hcl
    from finops_gate.sources.terraform.syntax import Body, Source

    if not isinstance(variables, MAPPINGS):
        raise EvaluationError("the variables must be a map or an object")
    depth = getattr(scope.frame, "depth_of_templates", 0) + 1
    if depth > MAX_TEMPLATE_DEPTH:
        raise EvaluationError("templates that call templates are nested too deeply")
    node, problems = hcl.parse_template(template)
    source = Source(template, Body({}, [], 0, 0), problems)
    if problems:
        problem = problems[0]
        raise EvaluationError(f"{path}: {problem.message}")
    frame = Constants(dict(entries(variables)), scope.frame, depth)
    try:
        return evaluate(node, Scope(frame, SourceFile(path, source)))
    except EvaluationError as error:
        raise EvaluationError(f"{error.span}: {error.message}") from error
