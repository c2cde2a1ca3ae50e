from finops_gate.model import Notice, Span
from finops_gate.sources.crowds import MOST, thinned


def notice(line: int, path: str = "main.tf", code: str = "syntax-error") -> Notice:
    return Notice(code, "error", f"problem {line}", Span(path, line), "Mend it.")


def test_a_few_are_kept_as_they_are_and_in_their_order() -> None:
    said = (notice(3), notice(1, "b.tf"), Notice("x", "info", "no place"), notice(2))
    assert thinned(said) == said


def test_what_a_file_has_too_much_of_is_counted_where_it_begins() -> None:
    crowd = [notice(line) for line in range(1, MOST + 8)]
    kept = thinned([*crowd, notice(1, "other.tf"), notice(1, code="duplicate-key")])
    assert kept[:MOST] == tuple(crowd[:MOST])
    assert len(kept) == MOST + 3
    assert (kept[-1].message, kept[-1].span) == ("7 more such problems in main.tf, from here on", Span("main.tf", 101))
    assert kept[-1].severity == "error"
