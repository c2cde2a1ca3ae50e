"""What is wrong with a kustomization is said where it stands, the rest still counts, and nothing goes on for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources import kubernetes
from finops_gate.sources.files import WorkingTree
from finops_gate.sources.kubernetes.kustomize import problems

Load = Callable[..., Loaded]
WEB = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
WEB += "spec: {replicas: 1, template: {spec: {containers: [{name: a}]}}}\n"
HEAD = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}"


def said(loaded: Loaded) -> list[tuple[str, str, str]]:
    return [(n.code, n.severity, str(n.span)) for n in loaded.notices]


@pytest.mark.parametrize(
    ("kustomization", "notice"),
    [
        ("resources: [web.yaml]\nresurces: []", ("kustomize-unknown-field", "error", "k/kustomization.yaml:2:1")),
        ("resources: [web.yaml]\nimages: {}", ("kustomize-invalid", "error", "k/kustomization.yaml:2:9")),
        ("resources: [web.yaml, nope.yaml]", ("kustomize-missing", "error", "k/kustomization.yaml:1:23")),
        ("resources: [web.yaml, nothing]", ("kustomize-missing", "error", "k/kustomization.yaml:1:23")),
        ("resources: [web.yaml, ../../outside]", ("kustomize-missing", "error", "k/kustomization.yaml:1:23")),
        ("resources: [web.yaml, /etc/passwd]", ("kustomize-missing", "error", "k/kustomization.yaml:1:23")),
        ("resources: [web.yaml, web.yaml]", ("kustomize-duplicate", "error", "k/kustomization.yaml:1:23")),
        ("resources: [web.yaml, no.yaml]", ("kustomize-invalid", "error", "k/no.yaml:1:1")),
        ("resources: [web.yaml, list.yaml]", ("kustomize-invalid", "error", "k/list.yaml:1:1")),
        (
            "kind: Kustomization\nresources: [web.yaml]\npatchesStrategicMerge: [list.yaml]",
            ("kustomize-patch", "error", "k/list.yaml:1:1"),
        ),
        ("resources: [web.yaml, .]", ("kustomize-cycle", "error", "k/kustomization.yaml:1:23")),
        (
            "resources: [web.yaml, github.com/a/b//c?ref=v1]",
            ("kustomize-remote", "info", "k/kustomization.yaml:1:23"),
        ),
        (
            "resources: [web.yaml]\nhelmCharts: [{name: x}]",
            ("kustomize-not-rendered", "info", "k/kustomization.yaml:2:1"),
        ),
        (
            "resources: [web.yaml]\npatches: [{path: p.yaml}]",
            ("kustomize-missing", "error", "k/kustomization.yaml:2:18"),
        ),
        ("resources: [web.yaml]\npatches: [{}]", ("kustomize-patch", "error", "k/kustomization.yaml:2:11")),
        (
            "resources: [web.yaml]\nreplicas: [{name: wev, count: 2}]",
            ("kustomize-no-target", "error", "k/kustomization.yaml:2:12"),
        ),
        (
            "resources: [web.yaml]\npatches: [{target: {kind: '('}, patch: '[]'}]",
            ("kustomize-patch", "error", "k/kustomization.yaml:2:20"),
        ),
        (
            "resources: [web.yaml]\npatches: [{target: {knd: a}, patch: '[]'}]",
            ("kustomize-patch", "error", "k/kustomization.yaml:2:20"),
        ),
        ("resources: [web.yaml]\npatches: [{patch: '[]'}]", ("kustomize-patch", "error", "k/kustomization.yaml:2:19")),
        ("resources: [web.yaml]\npatches: [{patch: 'a: ['}]", ("invalid-yaml", "error", "k/kustomization.yaml:2:19")),
    ],
)
def test_a_mistake_is_said_at_its_place_and_the_rest_counts(
    load: Load, kustomization: str, notice: tuple[str, str, str]
) -> None:
    loaded = load(
        {"k/kustomization.yaml": kustomization, "k/web.yaml": WEB, "k/no.yaml": "a: 1", "k/list.yaml": "[a]"}, "k"
    )
    assert said(loaded) == [notice]
    assert [r.address for r in loaded.resources] == ["Deployment/web"]


@pytest.mark.parametrize(
    ("patch", "line"),
    [
        (f"{HEAD[:-4]}wev}}, spec: {{}}}}", 1),
        (f"{HEAD}, spec: 5}}", 1),
        (f"{HEAD}, spec: {{replicas: []}}}}", 1),
        (f"{HEAD}, spec: {{template: {{spec: {{containers: {{}}}}}}}}}}", 1),
        (f"{HEAD}, spec: {{template: {{spec: {{containers: [{{image: x}}]}}}}}}}}", 1),
        (f"{HEAD}, spec: {{$patch: nonsense}}}}", 1),
        ("- {op: replace, path: /spec/nope, value: 1}", 1),
        ("- {op: test, path: /spec/replicas, value: 1}\n- {op: test, path: /spec/replicas, value: 2}", 2),
        ("- {op: remove, path: /spec/template/spec/containers/1}", 1),
        ("- {op: add, path: /spec/replicas/x, value: 1}", 1),
        ("- {op: add, path: spec, value: 1}", 1),
        ("- {op: add, path: /spec/x}", 1),
        ("- {op: change, path: /spec/x}", 1),
        ("- {op: copy, from: /spec/y, path: /spec/x}", 1),
        ("5", 1),
    ],
)
def test_a_patch_that_does_not_fit_changes_nothing_and_says_so(load: Load, patch: str, line: int) -> None:
    target = ", target: {kind: Deployment}" if patch[:1] == "-" else ""
    kustomization = f"resources: [web.yaml]\npatches: [{{path: p.yaml{target}}}]\n"
    loaded = load({"kustomization.yaml": kustomization, "web.yaml": WEB, "p.yaml": patch})
    ((code, severity, place),) = said(loaded)
    assert code in ("kustomize-patch", "kustomize-no-target")
    assert (severity, place.rpartition(":")[0]) == ("error", f"p.yaml:{line}")
    assert loaded.resources[0].attributes["spec"]["replicas"] == 1


def test_a_patch_for_what_is_not_in_the_repository_is_no_mistake(load: Load) -> None:
    kustomization = "resources: ['https://example.com/all.yaml']\npatches: [{path: p.yaml}]\n"
    loaded = load({"kustomization.yaml": kustomization, "p.yaml": WEB})
    assert [n.severity for n in loaded.notices] == ["info", "info"]
    assert loaded.resources == ()


@pytest.mark.parametrize("name", ["a\\0b", "n" * 300, "d/" * 3_000])
def test_a_name_that_no_file_can_have_is_missing(tmp_path: Path, name: str) -> None:
    (tmp_path / "kustomization.yaml").write_text(f'resources: ["{name}"]\n', encoding="utf-8")
    loaded = kubernetes.load(WorkingTree(tmp_path), ["kustomization.yaml"], Settings())
    assert [n.code for n in loaded.notices] == ["kustomize-missing"]


def test_a_patch_for_what_cannot_be_read_is_no_second_mistake(load: Load) -> None:
    files = {"kustomization.yaml": "resources: [t.yaml]\npatches: [{path: p.yaml}]\n", "p.yaml": WEB}
    loaded = load({**files, "t.yaml": "kind: {{ .Values.kind }}\n"})
    assert [(n.code, n.severity) for n in loaded.notices] == [("go-template", "info"), ("kustomize-no-target", "info")]


def test_an_empty_kustomization_is_said(load: Load) -> None:
    files = {"kustomization.yaml": "kind: Kustomization\n", "a/kustomization.yaml": ""}
    assert [n.code for n in load(files).notices] == ["kustomize-invalid"] * 2


def test_two_kustomizations_in_a_directory_are_one_too_many(load: Load) -> None:
    files = {"kustomization.yaml": "resources: [web.yaml]\n", "kustomization.yml": "{}", "web.yaml": WEB}
    loaded = load(files)
    assert said(loaded) == [("kustomize-invalid", "error", "kustomization.yml:1:1")]
    assert len(loaded.resources) == 1


def test_a_circle_is_said_and_its_objects_count(load: Load) -> None:
    files = {
        "a/kustomization.yaml": "resources: [../b, web.yaml]\n",
        "a/web.yaml": WEB,
        "b/kustomization.yaml": "resources: [../a]\n",
    }
    loaded = load(files)
    assert said(loaded) == [("kustomize-cycle", "error", "b/kustomization.yaml:1:13")]
    assert [(r.project, r.address) for r in loaded.resources] == [("a", "Deployment/web")]


def chain(length: int) -> Mapping[str, str]:
    files = {f"d{i}/kustomization.yaml": f"resources: [../d{i + 1}]\n" for i in range(length)}
    return {**files, f"d{length}/kustomization.yaml": "resources: [web.yaml]\n", f"d{length}/web.yaml": WEB}


def doubled(times: int) -> Mapping[str, str]:
    """Each level includes the one below twice, under two prefixes."""
    files = {"d0/kustomization.yaml": "resources: [web.yaml]\n", "d0/web.yaml": WEB}
    for i in range(1, times):
        files[f"d{i}/kustomization.yaml"] = "resources: [a, b]\n"
        for side in "ab":
            files[f"d{i}/{side}/kustomization.yaml"] = f"namePrefix: {side}\nresources: [../../d{i - 1}]\n"
    return files


def patched(patch: str) -> Mapping[str, str]:
    kustomization = "resources: [web.yaml]\npatches: [{path: p.yaml, target: {kind: Deployment}}]\n"
    return {"kustomization.yaml": kustomization, "web.yaml": WEB, "p.yaml": patch}


def replaced(field: str, options: str, times: int) -> Mapping[str, str]:
    """The same replacement again and again."""
    target = f"{{select: {{kind: Deployment}}, fieldPaths: [{field}], options: {options}}}"
    one = f"- {{source: {{kind: Deployment, fieldPath: spec}}, targets: [{target}]}}\n"
    text = one.replace("fieldPath: spec}", f"fieldPath: {field}}}") if "delimiter" in options else one
    return {"kustomization.yaml": "resources: [web.yaml]\nreplacements:\n" + text * times, "web.yaml": WEB}


COPIES = "\n".join(f"- {{op: copy, from: /spec, path: /spec/c{i}}}" for i in range(60))
NESTED = "\n".join(f"- {{op: copy, from: /spec, path: /spec/template{'/template' * i}}}" for i in range(300))
PATTERNS = "\n".join(f"  - {{target: {{name: '(((a*)*)*)*{i}b'}}, patch: '[]'}}" for i in range(200))
MANY = "\n---\n".join(WEB.replace("name: web", f"name: {'a' * 60}{i}") for i in range(200))
BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 10)}]\n" for i in range(4)
)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (chain(200), "kustomize-too-deep"),
        (doubled(22), "too-complex"),
        (patched(COPIES), "too-complex"),
        (patched(NESTED), "kustomize-patch"),
        (
            {"kustomization.yaml": f"resources: [m.yaml]\npatches:\n{PATTERNS}\n", "m.yaml": MANY},
            "too-complex",
        ),
        (
            {
                "kustomization.yaml": "resources: [m.yaml]\npatches:\n" + "  - {path: p.yaml}\n" * 3_000,
                "m.yaml": WEB,
                "p.yaml": WEB + BOMB,
            },
            "too-complex",
        ),
        (replaced("metadata.name", "{delimiter: '-', index: -1}", 60), "too-complex"),
        (replaced(f"spec.template{'.template' * 20}", "{create: true}", 60), "kustomize-replacement"),
        (replaced("metadata.nowhere", "{delimiter: '-'}", 1), "kustomize-replacement"),
        (replaced("spec.nowhere", "{}", 1), "kustomize-replacement"),
    ],
    ids=["chain", "doubled", "copies", "nested", "patterns", "bomb", "texts", "fields", "no source", "no field"],
)
def test_what_would_never_end_ends(
    load: Load, files: Mapping[str, str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problems, "MAX_WORK", problems.MAX_WORK // 10)
    loaded = load(files)
    assert code in {n.code for n in loaded.notices if n.severity == "error"}
