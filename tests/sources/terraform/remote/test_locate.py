"""Modules that are not local, from the call to the resources: installed, downloaded, or said to be missing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from finops_gate.model import Loaded
from finops_gate.settings import Settings
from finops_gate.sources import terraform
from finops_gate.sources.files import Tree, WorkingTree
from finops_gate.sources.git import GitTree
from finops_gate.sources.terraform.remote import locate
from tests.conftest import CommandLine
from tests.sources.terraform.remote.conftest import Answer, MakeDownloader, Repository, Site, tar_gz
from tests.sources.terraform.remote.test_registry import serve

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

QUEUE = 'variable "name" {}\nresource "aws_sqs_queue" "q" {\n  name = var.name\n}\noutput "name" { value = var.name }\n'
MODULE = {"main.tf": QUEUE, "nested/main.tf": 'module "inner" {\n  source = "../"\n  name   = "inner"\n}\n'}


def call(source: str, version: str = "", extra: str = 'name = "given"') -> str:
    written = f'\n  version = "{version}"' if version else ""
    return f'module "m" {{\n  source = "{source}"{written}\n  {extra}\n}}\n'


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def installed(version: str = "1.10.0", key: str = "m", source: str = "registry.terraform.io/ns/name/aws") -> str:
    entry = {"Key": key, "Source": source, "Version": version, "Dir": f".terraform/modules/{key}"}
    return json.dumps({"Modules": [{"Key": "", "Source": "", "Dir": "."}, entry]})


def load(tree: Tree, **settings: Any) -> Loaded:
    paths = [path for path in tree.paths() if terraform.matches(path)]
    return terraform.load(tree, paths, Settings(terraform=settings))


def addresses(loaded: Loaded) -> list[str]:
    return [resource.address for resource in loaded.resources]


def missing(loaded: Loaded) -> list[tuple[str, str]]:
    return [(n.severity, n.message) for n in loaded.notices if n.code.startswith("module-")]


@pytest.fixture
def downloads(make_downloader: MakeDownloader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Downloads of this test go to its own directory, and may speak to this machine."""
    downloader = make_downloader()
    monkeypatch.setattr(locate, "_downloader", lambda: downloader)


def test_what_is_installed_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": call("ns/name/aws", "~> 1.0"), ".terraform/modules/modules.json": installed()})
    write(tmp_path / ".terraform/modules/m", MODULE)
    loaded = load(WorkingTree(tmp_path))
    assert addresses(loaded) == ["module.m.aws_sqs_queue.q"]
    assert missing(loaded) == []
    resource = loaded.resources[0]
    assert resource.attributes["name"] == "given"
    assert str(resource.span) == ".terraform/modules/m/main.tf:2:1"
    assert resource.origins["name"].path == "main.tf"


def test_modules_below_modules_are_found_by_the_names_of_the_calls(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "live/main.tf": 'module "outer" {\n  count = 2\n  source = "../local"\n}\n',
            "local/main.tf": call("ns/name/aws"),
            "live/.terraform/modules/modules.json": installed(key="outer.m"),
        },
    )
    write(tmp_path / "live/.terraform/modules/outer.m", MODULE)
    assert addresses(load(WorkingTree(tmp_path))) == [f"module.outer[{i}].module.m.aws_sqs_queue.q" for i in (0, 1)]


def test_another_version_is_not_taken(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": call("ns/name/aws", "2.0.0"), ".terraform/modules/modules.json": installed()})
    write(tmp_path / ".terraform/modules/m", MODULE)
    loaded = load(WorkingTree(tmp_path))
    assert addresses(loaded) == []
    says = "what `terraform init` installed is another version"
    assert missing(loaded) == [("info", f"module.m: not downloaded: {says}; its resources are not in the totals")]


def test_the_work_tree_serves_a_commit_where_it_is_what_the_commit_asks_for(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"main.tf": call("ns/name/aws", "~> 1.0"), ".gitignore": ".terraform\n"})
    repository.commit({"main.tf": call("ns/name/aws", "2.0.0")})
    write(repository.path, {".terraform/modules/modules.json": installed("2.0.0")})
    write(repository.path / ".terraform/modules/m", MODULE)
    assert addresses(load(GitTree(repository.path, "HEAD"))) == ["module.m.aws_sqs_queue.q"]
    before = load(GitTree(repository.path, "HEAD~1"))
    assert addresses(before) == []
    assert [severity for severity, _ in missing(before)] == ["info"]


def test_a_module_that_is_not_here_is_said_to_be_missing(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": call("ns/name/aws")})
    loaded = load(WorkingTree(tmp_path))
    assert missing(loaded) == [("info", "module.m: not downloaded; its resources are not in the totals")]
    notice = loaded.notices[0]
    assert str(notice.span) == "main.tf:1:1"
    assert notice.fix == "Run `terraform init` or pass --download-modules."


def test_a_package_is_downloaded_and_read_below_a_path_that_people_know(
    downloads: None, site: Site, tmp_path: Path
) -> None:
    source = serve(site, ["1.2.0"], Answer(status=204, headers={"X-Terraform-Get": "/a.tgz"}))
    site.answers["/a.tgz"] = Answer(tar_gz(MODULE))
    written = f"{source.host}/ns/name/aws"
    write(tmp_path, {"main.tf": call(written, "~> 1.0"), "b/main.tf": call(f"{written}//nested", extra="")})
    loaded = load(WorkingTree(tmp_path), download_modules=True)
    assert addresses(loaded) == ["module.m.aws_sqs_queue.q", "module.m.module.inner.aws_sqs_queue.q"]
    label = f"{site.host.replace(':', '_')}/ns/name/aws/1.2.0"
    assert {resource.span.path for resource in loaded.resources} == {f".finops-gate/modules/{label}/main.tf"}
    assert missing(loaded) == []
    assert site.paths.count("/a.tgz") == 1


def test_a_repository_is_downloaded(downloads: None, repository: Repository, tmp_path: Path) -> None:
    repository.commit({f"mods/queue/{name}": text for name, text in MODULE.items()})
    write(tmp_path / "root", {"main.tf": call(f"git::{repository.url}//mods/queue?ref=main")})
    loaded = load(WorkingTree(tmp_path / "root"), download_modules=True)
    assert addresses(loaded) == ["module.m.aws_sqs_queue.q"]
    assert loaded.resources[0].span.path.endswith("/mods/queue/main.tf")


def test_a_download_that_fails_warns_with_its_reason(downloads: None, site: Site, tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": call(f"{site.host}/ns/name/aws")})
    why = f"module.m: not downloaded: {site.host} is no module registry; its resources are not in the totals"
    assert missing(load(WorkingTree(tmp_path), download_modules=True)) == [("warning", why)]


def test_what_is_not_asked_for_is_not_downloaded(downloads: None, site: Site, tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": call(f"{site.host}/ns/name/aws")})
    load(WorkingTree(tmp_path))
    assert site.asked == []


@pytest.mark.parametrize("inner", ["../", "../../../../..", "./../../m2"])
def test_a_package_cannot_call_what_lies_outside_of_it(tmp_path: Path, inner: str) -> None:
    write(tmp_path, {"main.tf": call("ns/name/aws"), ".terraform/modules/modules.json": installed()})
    write(tmp_path / ".terraform/modules", {"m/main.tf": call(inner), "m2/main.tf": QUEUE, "x.tf": QUEUE})
    loaded = load(WorkingTree(tmp_path))
    assert addresses(loaded) == []
    [(severity, message)] = missing(loaded)
    assert severity == "error"
    assert "leads out of the package" in message


def test_links_out_of_an_installed_package_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"secret/x.tf": QUEUE})
    write(tmp_path / "root", {"main.tf": call("ns/name/aws"), ".terraform/modules/modules.json": installed()})
    (tmp_path / "root/.terraform/modules/m").symlink_to(tmp_path / "secret")
    loaded = load(WorkingTree(tmp_path / "root"))
    assert addresses(loaded) == []
    assert missing(loaded)


def test_files_of_a_package_can_be_named_by_its_expressions(tmp_path: Path) -> None:
    code = """resource "aws_sqs_queue" "q" {
      for_each = fileset(path.module, "q/*.txt")
      name     = file("${path.module}/${each.value}")
    }"""
    write(tmp_path, {"main.tf": call("ns/name/aws", extra=""), ".terraform/modules/modules.json": installed()})
    write(tmp_path / ".terraform/modules/m", {"main.tf": code, "q/a.txt": "from a", "q/b.txt": "from b"})
    assert [r.attributes["name"] for r in load(WorkingTree(tmp_path)).resources] == ["from a", "from b"]


def test_a_source_that_a_local_value_settles_as_opentofu_has_it(tmp_path: Path) -> None:
    code = 'locals { where = "./queue" }\n' + call("${local.where}")
    write(tmp_path, {"main.tofu": code, "queue/main.tf": QUEUE})
    assert addresses(load(WorkingTree(tmp_path))) == ["module.m.aws_sqs_queue.q"]


def test_the_command_line_asks_for_downloads(
    downloads: None, site: Site, tmp_path: Path, finops_gate: CommandLine
) -> None:
    source = serve(site, ["1.2.0"], Answer(status=204, headers={"X-Terraform-Get": "/a.tgz"}))
    site.answers["/a.tgz"] = Answer(tar_gz(MODULE))
    write(tmp_path, {"main.tf": call(f"{source.host}/ns/name/aws")})
    result = finops_gate("check", "--download-modules", "--fail-on-incomplete", "-f", "json")
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [resource["address"] for resource in report["resources"]] == ["module.m.aws_sqs_queue.q"]
    tags = next(f for f in report["findings"] if f["policy"] == "required-tags")
    assert tags["file"].endswith("/ns/name/aws/1.2.0/main.tf")
    assert 'resource "aws_sqs_queue" "q" {' in finops_gate("check", "--download-modules").stdout
    assert finops_gate("check", "--fail-on-incomplete").exit_code == 3


def test_no_setting_asks_for_downloads(site: Site, tmp_path: Path, finops_gate: CommandLine) -> None:
    write(tmp_path, {"main.tf": QUEUE, ".finops-gate.yaml": "terraform: {download_modules: true}\n"})
    result = finops_gate("check")
    assert result.exit_code == 2
    assert "download_modules" in result.stderr


TERRAFORM = shutil.which("terraform")


@pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform here")
def test_reads_what_terraform_itself_installs_and_downloads_the_same(
    downloads: None, site: Site, repository: Repository, tmp_path: Path
) -> None:
    repository.commit({f"top/{name}": text for name, text in MODULE.items()})
    repository.git("tag", "v1")
    leads = {"X-Terraform-Get": f"git::{repository.url}//top?ref=v1"}
    serve(site, ["1.0.0", "1.2.0", "2.0.0-beta1"], Answer(status=204, headers=leads))
    root = tmp_path / "root"
    host = f'host "{site.host}" {{\n  services = {{ "modules.v1" = "{site.url}/v1/modules/" }}\n}}\n'
    write(tmp_path, {"rc": host})
    write(
        root,
        {
            "a.tf": call(f"{site.host}/ns/name/aws", ">= 1.0"),
            "b.tf": call(f"{site.host}/ns/name/aws//nested", extra="").replace('"m"', '"n"'),
            "c.tf": call(f"git::{repository.url}//top?ref=v1").replace('"m"', '"g"'),
            "d.tf": 'module "l" {\n  source = "./local"\n}\n',
            "local/main.tf": call(f"{site.host}/ns/name/aws", "1.2.0"),
        },
    )
    downloaded = load(WorkingTree(root), download_modules=True)
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(tmp_path / "rc"), "CHECKPOINT_DISABLE": "1"}
    subprocess.run([str(TERRAFORM), "get"], cwd=root, env=environment, check=True, capture_output=True)
    read = load(WorkingTree(root))
    assert addresses(read) == addresses(downloaded)
    assert addresses(read) == [
        "module.g.aws_sqs_queue.q",
        "module.l.module.m.aws_sqs_queue.q",
        "module.m.aws_sqs_queue.q",
        "module.n.module.inner.aws_sqs_queue.q",
    ]
    assert missing(read) == missing(downloaded) == []
