"""A checkout compiles its prices once, and again when they change; a cache it cannot use is no obstacle."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from finops_gate.costing.catalogue import open_catalogue
from tests.costing.made_up_prices import A, write


def test_the_cache_is_filled_once_and_follows_the_prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    pricing = write(tmp_path / "pricing", A)
    first = open_catalogue(pricing).file
    changed = first.stat().st_mtime_ns
    assert open_catalogue(pricing).file == first
    assert first.stat().st_mtime_ns == changed
    write(pricing, A.replace("1.5", "2.5"))
    later = open_catalogue(pricing)
    assert later.file != first
    assert later.price("aws", "eu", "a|b", "c").usd == Decimal("2.5")  # type: ignore[union-attr]


def test_the_cache_does_not_grow_with_every_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    pricing = write(tmp_path / "pricing", A)
    old = open_catalogue(pricing).file
    os.utime(old, (0, 0))
    write(pricing, A.replace("1.5", "2.5"))
    assert open_catalogue(pricing).file.is_file()
    assert not old.exists()


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    price = open_catalogue(write(tmp_path / "pricing", A)).price("aws", "eu", "a|b", "c")
    assert price is not None
    assert price.usd == Decimal("1.5")


def test_a_broken_stamp_is_only_a_reason_to_compile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    pricing = write(tmp_path / "pricing", A)
    open_catalogue(pricing)
    for stamp in (tmp_path / "cache").rglob("*.stamp"):
        stamp.write_bytes(os.urandom(40))
    assert open_catalogue(pricing).price("aws", "eu", "a|b", "c") is not None
