"""From a source to a directory that holds the module, once, whatever the ways in between."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from finops_gate.sources.terraform.remote.allowance import Allowance
from finops_gate.sources.terraform.remote.cache import Cache
from finops_gate.sources.terraform.remote.credentials import Credentials
from finops_gate.sources.terraform.remote.download import Package
from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.source_address import Git, Registry, Source, Unsupported, Web
from tests.sources.terraform.remote.conftest import Answer, MakeDownloader, Repository, Site, tar_gz
from tests.sources.terraform.remote.test_registry import serve

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

FILES = {"main.tf": "# root\n", "modules/sub/x.tf": "# sub\n"}


def module_files(package: Package) -> list[str]:
    directory = package.directory / package.subdirectory
    return sorted(p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file())


def test_a_registry_that_leads_to_git(make_downloader: MakeDownloader, site: Site, repository: Repository) -> None:
    repository.commit({f"top/{name}": content for name, content in FILES.items()})
    leads = Answer(status=204, headers={"X-Terraform-Get": f"git::{repository.url}//top?ref=main"})
    source = serve(site, ["1.0.0", "1.2.0"], leads)
    package = make_downloader().package(source, "~> 1.0")
    assert package.label == f"{site.host.replace(':', '_')}/ns/name/aws/1.2.0"
    assert module_files(package) == ["main.tf", "modules/sub/x.tf"]
    inner = Registry(source.host, source.namespace, source.name, source.provider, "modules/sub")
    assert module_files(make_downloader().package(inner, "~> 1.0")) == ["x.tf"]


def test_a_registry_that_leads_to_an_archive_beside_it(make_downloader: MakeDownloader, site: Site) -> None:
    source = serve(site, ["1.2.0"], Answer(status=204, headers={"X-Terraform-Get": "/files/a//*?archive=tgz&token=s"}))
    site.answers["/files/a"] = Answer(tar_gz({f"aws-1.2.0/{name}": text for name, text in FILES.items()}))
    package = make_downloader(Credentials({site.host: "t"})).package(source)
    assert package.subdirectory == "aws-1.2.0"
    assert module_files(package) == ["main.tf", "modules/sub/x.tf"]
    assert [path for path in site.paths if path.startswith("/files")] == ["/files/a?archive=tgz&token=s"]
    assert site.tokens == ["Bearer t"] * 3 + [""]


def test_a_plain_version_that_is_here_asks_for_nothing(make_downloader: MakeDownloader, site: Site) -> None:
    source = serve(site, ["1.2.0"], Answer(status=204, headers={"X-Terraform-Get": "/a.tgz"}))
    site.answers["/a.tgz"] = Answer(tar_gz(FILES))
    first = make_downloader().package(source, "1.2.0")
    asked = len(site.asked)
    assert make_downloader().package(source, "1.2.0") == first
    assert len(site.asked) == asked
    assert make_downloader().package(source, ">= 1.0") == first
    assert [p for p in site.paths[asked:] if "download" in p or "tgz" in p] == []


def test_a_source_is_asked_for_once_a_run(make_downloader: MakeDownloader, site: Site) -> None:
    downloader = make_downloader()
    for _ in range(3):
        with pytest.raises(RemoteError, match="is no module registry"):
            downloader.package(Registry(site.host, "ns", "name", "aws"))
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "page",
    [
        Answer(headers={"X-Terraform-Get": "./files/a.tgz//modules"}),
        Answer(b'<html><head><meta name="terraform-get" content="/m/files/a.tgz//modules" /></head></html>'),
    ],
)
def test_a_page_that_says_where_the_module_is(make_downloader: MakeDownloader, site: Site, page: Answer) -> None:
    site.answers["/m/page"] = page
    site.answers["/m/files/a.tgz"] = Answer(tar_gz(FILES))
    package = make_downloader().package(Web(f"{site.url}/m/page", "sub"))
    assert module_files(package) == ["x.tf"]
    assert site.paths[0] == "/m/page?terraform-get=1"


def test_pages_that_lead_in_circles(make_downloader: MakeDownloader, site: Site) -> None:
    site.answers["/m"] = Answer(headers={"X-Terraform-Get": "/m"})
    with pytest.raises(RemoteError, match="from one place to the next"):
        make_downloader().package(Web(f"{site.url}/m"))
    assert len(site.asked) == 5


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (Unsupported("modules in S3 are not supported"), "modules in S3"),
        (Git("https://127.0.0.1:1/x.git"), "127.0.0.1:1/x.git cannot be reached"),
        (Web("http://example.com/a.zip"), "not asked without TLS"),
    ],
)
def test_says_why_not(make_downloader: MakeDownloader, source: Source, says: str) -> None:
    with pytest.raises(RemoteError, match=says):
        make_downloader().package(source)


@pytest.mark.parametrize(
    ("subdirectory", "says"), [("none", "holds no none"), ("*", "2 directories"), ("z*", "0 direct")]
)
def test_a_subdirectory_that_is_not_there(
    make_downloader: MakeDownloader, site: Site, subdirectory: str, says: str
) -> None:
    site.answers["/a.tgz"] = Answer(tar_gz({"a/x.tf": "", "b/x.tf": ""}))
    with pytest.raises(RemoteError, match=says):
        make_downloader().package(Web(f"{site.url}/a.tgz", subdirectory))


def test_a_commit_is_fetched_once(make_downloader: MakeDownloader, repository: Repository) -> None:
    commit = repository.commit(FILES)
    first = make_downloader().package(Git(repository.url, "main"))
    assert first.label.endswith(f"/repository@{commit[:12]}")
    allowance = Allowance(packages=0)
    assert make_downloader(allowance=allowance).package(Git(repository.url, commit)) == first
    repository.commit({"main.tf": "# changed\n"})
    with pytest.raises(RemoteError, match="as many modules as it may"):
        make_downloader(allowance=allowance).package(Git(repository.url, "main"))


def test_nothing_half_done_is_left(make_downloader: MakeDownloader, site: Site, tmp_path: Path) -> None:
    site.answers["/a.tgz"] = Answer(tar_gz({"ok.tf": "", "../x": ""}))
    with pytest.raises(RemoteError, match="leads out"):
        make_downloader().package(Web(f"{site.url}/a.tgz"))
    assert [p for p in (tmp_path / "cache").rglob("*") if p.is_file()] == []


def test_runs_side_by_side_find_one_whole_package(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    both = threading.Barrier(2)
    found: list[Path] = []

    def fill(into: Path) -> None:
        (into / "main.tf").write_text("x")
        both.wait(10)

    def run(add: Callable[[], Path]) -> None:
        found.append(add())

    threads = [threading.Thread(target=run, args=(lambda: cache.add("k", fill),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [tmp_path / "packages/k"] * 2
    assert os.listdir(tmp_path / "packages/k") == ["main.tf"]
    assert os.listdir(tmp_path / "scratch") == []


@pytest.mark.parametrize(
    "note", ["", "{", "[]", '{"key": 1, "subdirectory": ""}', '{"key": "gone", "subdirectory": ""}']
)
def test_a_damaged_note_is_no_note(tmp_path: Path, note: str) -> None:
    cache = Cache(tmp_path)
    (tmp_path / "names").mkdir()
    cache._note("x").write_text(note)
    assert cache.recall("x") is None
