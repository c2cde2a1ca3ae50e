"""Commits of repositories on this machine, by branch, tag and id; nothing of them is executed."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from finops_gate.sources.terraform.remote import git_modules, git_process
from finops_gate.sources.terraform.remote.allowance import Allowance
from finops_gate.sources.terraform.remote.git_modules import GitClient
from finops_gate.sources.terraform.remote.git_process import GitFailed, run_git
from finops_gate.sources.terraform.remote.problems import RemoteError
from finops_gate.sources.terraform.remote.source_address import Git, parse
from tests.sources.terraform.remote.conftest import Repository


@pytest.fixture
def client() -> GitClient:
    return GitClient(Allowance(), protocols=("file",))


def exported(client: GitClient, source: Git, directory: Path) -> dict[str, str]:
    into = directory / "into"
    into.mkdir()
    client.export(source, client.resolve(source), directory, into)
    assert not any(path.is_symlink() for path in into.rglob("*"))
    return {p.relative_to(into).as_posix(): p.read_text() for p in sorted(into.rglob("*")) if p.is_file()}


def test_a_branch_a_tag_a_commit_and_the_default(client: GitClient, repository: Repository, tmp_path: Path) -> None:
    first = repository.commit({"main.tf": "# 1\n"})
    repository.git("tag", "light")
    repository.git("tag", "-a", "annotated", "-m", "x")
    repository.git("branch", "side/branch")
    second = repository.commit({"main.tf": "# 2\n", "modules/sub/x.tf": "# sub\n"})
    found = {ref: client.resolve(Git(repository.url, ref)) for ref in ("", "main", "light", "annotated", "side/branch")}
    assert found == {"": second, "main": second, "light": first, "annotated": first, "side/branch": first}
    assert exported(client, Git(repository.url, "annotated"), tmp_path) == {"main.tf": "# 1\n"}


def test_a_commit_that_is_named_in_full_needs_no_question(client: GitClient) -> None:
    assert client.resolve(Git("file:///nowhere", "0" * 40)) == "0" * 40


@pytest.mark.parametrize("length", [40, 10])
def test_an_earlier_commit_by_its_id(client: GitClient, repository: Repository, tmp_path: Path, length: int) -> None:
    first = repository.commit({"main.tf": "# 1\n"})
    repository.commit({"main.tf": "# 2\n"})
    assert exported(client, Git(repository.url, first[:length]), tmp_path) == {"main.tf": "# 1\n"}


def test_one_commit_is_fetched_without_its_history(client: GitClient, repository: Repository, tmp_path: Path) -> None:
    repository.commit({"main.tf": "x" * 10_000})
    repository.commit({"main.tf": "# 2\n"})
    source = Git(repository.url, "main")
    bare = tmp_path / "bare"
    run_git(["init", "-q", "--bare", str(bare)], protocols=(), seconds=10, most=1000)
    client._fetched(source, bare, client.resolve(source))
    assert (bare / "shallow").is_file()


@pytest.mark.parametrize("ref", ["none", "0123456789", "v1"])
def test_a_ref_that_is_not_there(client: GitClient, repository: Repository, tmp_path: Path, ref: str) -> None:
    repository.commit({"main.tf": ""})
    with pytest.raises(RemoteError, match=f"repository has no {ref}"):
        exported(client, Git(repository.url, ref), tmp_path)


def test_links_become_copies_and_submodules_stay_away(
    client: GitClient, repository: Repository, tmp_path: Path
) -> None:
    (repository.path / "link.tf").symlink_to("main.tf")
    inner = Repository(tmp_path / "inner")
    inner.commit({"secret.tf": ""})
    repository.git("submodule", "add", "-q", inner.url, "inner")
    repository.commit({"main.tf": "# 1\n"})
    found = exported(client, Git(repository.url), tmp_path)
    assert found.pop(".gitmodules")
    assert found == {"link.tf": "# 1\n", "main.tf": "# 1\n"}


def test_a_link_that_leads_out_is_refused(client: GitClient, repository: Repository, tmp_path: Path) -> None:
    (repository.path / "link.tf").symlink_to("/etc/passwd")
    repository.commit({"main.tf": ""})
    with pytest.raises(RemoteError, match="leads out"):
        exported(client, Git(repository.url), tmp_path)


def test_no_hook_no_filter_no_attribute_is_heeded(
    client: GitClient, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, trap = tmp_path / "home", tmp_path / "trap"
    hooks = home / "template" / "hooks"
    hooks.mkdir(parents=True)
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / hook).write_text(f"#!/bin/sh\ntouch {trap}\n")
        (hooks / hook).chmod(stat.S_IRWXU)
    (home / ".gitconfig").write_text(
        f'[init]\n templateDir = {home}/template\n[core]\n hooksPath = {hooks}\n[filter "f"]\n smudge = touch {trap}\n'
    )
    repository.commit({"main.tf": "$Id$\n", ".gitattributes": "*.tf filter=f ident export-ignore\n"})
    monkeypatch.setenv("HOME", str(home))
    assert exported(client, Git(repository.url), tmp_path)["main.tf"] == "$Id$\n"
    assert not trap.exists()


def test_the_repository_that_runs_us_as_its_hook_is_left_alone(
    client: GitClient, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"main.tf": "# 1\n"})
    own = Repository(tmp_path / "own")
    own.commit({"own.tf": ""})
    before = sorted(p.as_posix() for p in own.path.rglob("*"))
    monkeypatch.setenv("GIT_DIR", str(own.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(own.path / ".git/index"))
    assert exported(client, Git(repository.url), tmp_path) == {"main.tf": "# 1\n"}
    assert sorted(p.as_posix() for p in own.path.rglob("*")) == before


@pytest.mark.parametrize("url", ["file:///tmp/x", "ext::sh -c id", "http://example.com/x.git", "git://example.com/x"])
def test_other_protocols_are_refused(url: str, tmp_path: Path) -> None:
    client = GitClient(Allowance())
    with pytest.raises(RemoteError, match="protocol is not followed"):
        client.resolve(Git(url))
    with pytest.raises(RemoteError, match="protocol is not followed"):
        client.export(Git(url), "0" * 40, tmp_path, tmp_path)


def test_a_configured_detour_cannot_widen_the_protocols(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"main.tf": ""})
    (tmp_path / ".gitconfig").write_text(f'[url "{repository.url}"]\n insteadOf = https://example.com/x.git\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(RemoteError, match="its protocol is not followed"):
        GitClient(Allowance()).resolve(Git("https://example.com/x.git"))
    assert GitClient(Allowance(), ("https", "file")).resolve(Git("https://example.com/x.git"))


def test_errors_hold_no_password(client: GitClient, tmp_path: Path) -> None:
    source = parse("git::https://user:hunter2@127.0.0.1:1/x.git")
    assert isinstance(source, Git)
    with pytest.raises(RemoteError, match=r"^127\.0\.0\.1:1/x\.git ") as caught:
        GitClient(Allowance()).resolve(source)
    assert "hunter2" not in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for git is a shell script")
def test_a_git_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text('#!/bin/sh\nsleep 30 & echo $! > "$0.child"\nwait\n')
    (tmp_path / "git").chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    start = time.monotonic()
    with pytest.raises(GitFailed, match="does not answer"):
        run_git([], protocols=(), seconds=0.5, most=10)
    assert time.monotonic() - start < 5
    child = int((tmp_path / "git.child").read_text())
    time.sleep(0.1)
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_repository_that_is_too_large_is_left_behind(
    client: GitClient, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository.path / "noise").write_bytes(os.urandom(3_000_000))
    repository.commit({})
    monkeypatch.setattr(git_process, "MAX_PACKAGE_BYTES", 1_000_000)
    with pytest.raises(RemoteError, match="larger than modules may be"):
        exported(client, Git(repository.url), tmp_path)


def test_what_is_fetched_counts_towards_the_whole_run(repository: Repository, tmp_path: Path) -> None:
    (repository.path / "noise").write_bytes(os.urandom(30_000))
    repository.commit({})
    client = GitClient(Allowance(total_bytes=20_000), protocols=("file",))
    with pytest.raises(RemoteError, match="as many bytes as it may"):
        exported(client, Git(repository.url), tmp_path)


def test_a_repository_with_too_many_files_is_left_behind(
    client: GitClient, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({f"{i}.tf": "" for i in range(5)})
    monkeypatch.setattr(git_modules, "MAX_FILES", 4)
    with pytest.raises(RemoteError, match="more files than modules may"):
        exported(client, Git(repository.url), tmp_path)


def test_large_and_small_files_come_in_portions(
    client: GitClient, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{i}.tf": "x" * i for i in range(30)}
    repository.commit({**files, "huge": "y" * 2000})
    monkeypatch.setattr(git_modules, "BATCH_BYTES", 50)
    monkeypatch.setattr(git_modules, "MAX_FILE_BYTES", 1000)
    assert exported(client, Git(repository.url), tmp_path) == files
