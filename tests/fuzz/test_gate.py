"""Whatever a repository holds, the gate judges it or says why it cannot: never a bug, in any output format."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import manifests, programs, targets


@given(st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_made_up_repositories_are_judged(random: Random) -> None:
    targets.check(manifests.repository(random, programs.terraform(random)))
