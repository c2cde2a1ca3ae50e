"""Whatever a Terraform repository holds: read, evaluated or refused in a sentence, and soon."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SHARED
from tests.fuzz import programs, targets

randoms = st.randoms(use_true_random=False)


@cache
def real_files() -> Sequence[str]:
    """Files as people write them: the examples', and those of the expected values beside the checkout, if there."""
    places = [ROOT / "examples", SHARED / "conformance" / "aws"]
    found = sorted(path for place in places for path in place.rglob("*.tf"))
    return [path.read_text(encoding="utf-8") for path in found if path.stat().st_size < 20_000]


@given(randoms)
@settings(max_examples=150)
def test_made_up_repositories_are_evaluated(random: Random) -> None:
    targets.evaluate(programs.terraform(random))


@given(randoms)
@settings(max_examples=150)
def test_made_up_files_with_typos_are_read(random: Random) -> None:
    targets.read(programs.broken(random, programs.Writer(random).file()))


@given(randoms)
@settings(max_examples=100)
def test_real_files_with_typos_are_evaluated(random: Random) -> None:
    text = random.choice(real_files())
    targets.evaluate({"main.tf": programs.broken(random, text)})


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    targets.read(text)
    targets.read_json(text)


@given(randoms)
@settings(max_examples=400)
def test_expressions_have_plain_values_or_are_refused(random: Random) -> None:
    targets.evaluate_expression(programs.Writer(random).expression())
