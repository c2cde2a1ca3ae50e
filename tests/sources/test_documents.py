"""YAML 1.2 core values, places, and hostile text: https://yaml.org/spec/1.2.2/#103-core-schema."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from finops_gate.model import Span
from finops_gate.sources import document_builder, documents
from finops_gate.sources.documents import Document, read_documents

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  labels: {app.kubernetes.io/name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          resources:
            requests:
              cpu: 250m
"""


@pytest.fixture(params=["C", "pure"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test holds with libyaml and without it."""
    if request.param == "pure":
        monkeypatch.setattr(document_builder, "_PARSER", yaml.SafeLoader)


def read(text: str) -> Document:
    (document,) = read_documents(text, "f.yaml", templates=True)
    return document


def codes(text: str) -> list[str]:
    return [notice.code for document in read_documents(text, "f.yaml", templates=True) for notice in document.notices]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3.10", Decimal("3.10")),
        ("0x10", Decimal(16)),
        ("0o17", Decimal(15)),
        ("017", Decimal(17)),
        ("1e9", Decimal("1e9")),
        (".5", Decimal("0.5")),
        ("+2", Decimal(2)),
        ("-1.5e-3", Decimal("-0.0015")),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999999999", "1e999999999"),
        ("9" * 70, "9" * 70),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("!!int '5'", Decimal(5)),
        ("!Ref 5", "5"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", True),
        ("false", False),
        ("~", None),
        ("", None),
        ("NULL", None),
        ("{a: [1, {b: c}]}", {"a": [Decimal(1), {"b": "c"}]}),
        ("|\n  x\n  y\n", "x\ny\n"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: Any) -> None:
    got = read(f"k: {text}").value["k"]
    assert got == value
    assert str(got) == str(value)
    assert type(got) is type(value)


def test_keys_are_the_text_as_written() -> None:
    assert read("on: 1\n3.10: 2\ntrue: 3\n~: 4").value == {
        "on": Decimal(1),
        "3.10": Decimal(2),
        "true": Decimal(3),
        "~": Decimal(4),
    }


def test_json_is_yaml() -> None:
    text = r'{"a": [1, null, "b\/c", true], "b": "\ud83d\ude00 \\ud83d"}'.replace(", ", ",\n\t")
    (document,) = read_documents(text, "f.json")
    assert document.value == {"a": [Decimal(1), None, "b/c", True], "b": "\U0001f600 \\ud83d"}


def test_merge_keys() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\nd: {<<: *b}\n"
    document = read(text)
    assert document.value["c"] == {"x": Decimal(3), "y": Decimal(1), "z": Decimal(2)}
    assert document.value["d"] == {"y": Decimal(2), "z": Decimal(2)}
    assert document.span("c.z").line == 2
    assert document.notices == ()


def test_places_of_values_and_keys() -> None:
    document = read(DEPLOYMENT)
    path = "spec.template.spec.containers[0].resources.requests.cpu"
    assert document.span(path) == Span("f.yaml", 12, 20, 12, 24)
    assert document.key_spans[path] == Span("f.yaml", 12, 15, 12, 18)
    assert document.spans[path] == document.span(path)
    assert document.span("spec.template.spec.containers[0]") == Span("f.yaml", 9, 11, 12, 24)
    assert document.span("spec.template.spec.containers[0].resources.requests.memory").line == 12
    assert document.span("spec.replicas").line == 6
    assert document.span("metadata.labels.app.kubernetes.io/name") == Span("f.yaml", 4, 36, 4, 39)
    assert document.span('metadata.labels["app.kubernetes.io/name"]').column == 36
    assert "spec.replicas" not in document.spans


def test_a_value_that_is_not_written_is_shown_by_its_key() -> None:
    document = read("on:\n  push:\n  pull_request: {}\n")
    assert document.spans["on.push"] == Span("f.yaml", 2, 3, 2, 7)
    assert document.spans["on.pull_request"] == Span("f.yaml", 3, 17, 3, 19)


def test_every_listed_path_has_a_place_and_its_text() -> None:
    document = read(DEPLOYMENT)
    lines = DEPLOYMENT.splitlines()
    texts = {p: lines[s.line - 1][s.column - 1 : s.end_column - 1] for p, s in document.spans.items()}
    assert texts['metadata.labels["app.kubernetes.io/name"]'] == "web"
    assert texts["kind"] == "Deployment"
    assert len(texts) == len(document.spans) == 14
    assert len(document.key_spans) == 13


def test_places_in_a_stream_count_from_the_top_of_the_file() -> None:
    first, second = read_documents("a: 1\r\n---\r\nb: é\r\n", "f.yaml")
    assert (first.span("a").line, second.span("b")) == (1, Span("f.yaml", 3, 4, 3, 5))


def test_a_block_ends_with_what_was_read_last_in_it() -> None:
    document = read("a: &a {x: 1}\nb:\n  c: *a\n\nd:\n  - [1,\n     2]\n\n# end\n")
    assert document.span("b") == Span("f.yaml", 3, 3, 3, 8)
    assert document.span("d") == Span("f.yaml", 6, 3, 7, 8)
    assert document.span("b.c.x") == Span("f.yaml", 1, 11, 1, 12)


def test_a_duplicate_key_is_said_at_its_line() -> None:
    document = read("a: 1\nb: 2\na: 3\n")
    assert document.value == {"a": Decimal(3), "b": Decimal(2)}
    (notice,) = document.notices
    assert (notice.code, notice.severity, str(notice.span)) == ("duplicate-key", "warning", "f.yaml:3:1")


def test_documents_around_a_broken_one_still_count() -> None:
    good, broken, later = read_documents("a: 1\n---\nb: [1,\n---\nc: 3\n", "f.yaml")
    assert (good.value, broken.value, later.value) == ({"a": Decimal(1)}, None, {"c": Decimal(3)})
    assert broken.broken
    (notice,) = broken.notices
    assert (notice.code, notice.severity) == ("invalid-yaml", "error")
    assert later.span("c").line == 5


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("a: b: c", 1, 5, "mapping values"),
        ("a: *b", 1, 4, "no anchor"),
        ("a:\n  <<: 1", 2, 3, "merges"),
        ("? [a]\n: 1", 1, 3, "key"),
        ("a: \x07", 1, 4, ""),
    ],
)
def test_what_is_wrong_is_said_where_it_is(text: str, line: int, column: int, word: str) -> None:
    (notice,) = read(text).notices
    assert notice.span is not None
    assert (notice.code, notice.span.line, notice.span.column) == ("invalid-yaml", line, column)
    assert word in notice.message


@pytest.mark.parametrize(
    "text",
    [
        "a: {{ .Values.a }}\n",
        "{{- if .Values.on }}\na: 1\n{{- end }}\n",
        "a:\n  {{- toYaml .Values.b | nindent 2 }}\n",
        "a: {{ x }}: b\n---\nb: 1\n",
    ],
)
def test_go_templates_are_not_broken_yaml(text: str) -> None:
    (notice,) = read(text).notices
    assert (notice.code, notice.severity) == ("go-template", "info")


@pytest.mark.parametrize("text", ["# {{ x }}\na: [", "a: ${{ x }}\nb: [", "{" * 300])
def test_braces_elsewhere_hide_no_error(text: str) -> None:
    assert codes(text) == ["invalid-yaml"]


def test_templates_are_errors_where_nobody_renders_them() -> None:
    assert [d.notices[0].code for d in read_documents("runs-on: {{ matrix.os }}", "ci.yml")] == ["invalid-yaml"]
    assert [d.notices[0].code for d in read_documents("a: {{ x }}", "{{cookiecutter.name}}/ci.yml")] == ["go-template"]


def test_quoted_templates_are_strings() -> None:
    assert read("a: '{{ inputs.x }}'").value == {"a": "{{ inputs.x }}"}


ALIAS_BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 11)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(ALIAS_BOMB, ["too-complex"], id="alias bomb"),
        pytest.param("a: &a [*a]", ["too-complex"], id="self-reference"),
        pytest.param("&a {b: *a}", ["too-complex"], id="self-reference at the root"),
        pytest.param("&a {<<: *a}", ["too-complex"], id="self-merge"),
        pytest.param("[" * 25_000, ["too-complex"], id="depth, flow"),
        pytest.param("- " * 25_000, ["too-complex"], id="depth, block"),
        pytest.param("{a: " * 25_000, ["too-complex"], id="depth, mappings"),
        pytest.param("? " * 25_000, ["invalid-yaml"], id="depth, keys"),
        pytest.param("x" * 6_000_000, ["file-too-large"], id="size"),
        pytest.param("[" + "a, " * 30_000 + "a]", ["too-large"], id="a long flow list"),
        pytest.param("".join(f"- &a{i} x\n" for i in range(30_000)), ["too-complex"], id="anchors"),
        pytest.param("".join(f"a{i}: 1\n" for i in range(30_000)), ["too-large"], id="keys"),
        pytest.param(f"[{','.join(['[' + '1,' * 5_000 + '1]'] * 8)}]", ["too-large"], id="many lists"),
        pytest.param("a: 1\n" * 2_000, ["duplicate-key"] * documents.MAX_DUPLICATES, id="duplicate keys"),
        pytest.param("a: 1\n" * 30_000, ["too-complex"], id="more duplicate keys"),
        pytest.param("%TAG !a! tag:a,2000:\n" * 60 + "--- a\n", ["too-complex"], id="directives"),
        pytest.param("---\n" * 2_500, ["too-large"], id="many documents"),
        pytest.param(("---\na: &a [1]\nb: [" + "*a," * 1_500 + "]\n") * 10, ["too-complex"], id="aliases"),
        pytest.param("---\n[\n" * 2_000, ["invalid-yaml"] * documents.MAX_BROKEN, id="many broken documents"),
    ],
)
def test_hostile_text_ends_in_notices_quickly(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_no_escape_makes_text_that_cannot_be_written() -> None:
    for document in read_documents('a: "\\ud800"', "f.yaml"):
        assert str(document.value).encode()


def test_a_large_scalar_is_only_large() -> None:
    assert len(read("a: " + "x" * 400_000).value["a"]) == 400_000


def test_large_manifests_are_no_bombs() -> None:
    """Two megabytes of 20 characters a line: nothing that is larger in real life is denser."""
    text = ("---\n" + DEPLOYMENT.replace("cpu: 250m\n", "cpu: 250m\n              memory: 1Gi\n")) * 8_000
    assert codes(text[:2_000_000].rpartition("---")[0]) == []


def test_merging_counts_what_it_copies() -> None:
    text = "a: &a {" + ", ".join(f"k{i}: 1" for i in range(1_000)) + "}\nb:\n" + "- <<: *a\n" * 500
    assert codes(text) == ["too-complex"]


@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    for document in read_documents(text, "f.yaml"):
        assert document.broken == (document.value is None and bool(document.notices))
        assert document.span().line >= 1


NUMBER_LIKE = re.compile(r"[-+]?[0-9.][-+0-9a-fA-FxXoOeE._]*")
"""Text such as `0E0`, which PyYAML leaves unquoted as it is no number in YAML 1.1, but is one in YAML 1.2."""
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"])).filter(lambda t: not NUMBER_LIKE.fullmatch(t))
SCALARS = st.none() | st.booleans() | st.integers() | TEXTS


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text("abc.[", min_size=1), inner)))
def test_reads_back_what_pyyaml_writes(value: Any) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    document = read(text)
    assert document.value == value
    assert all(document.span(path) == span for path, span in document.spans.items())
