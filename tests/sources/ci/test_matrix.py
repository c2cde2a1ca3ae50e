"""Matrix expansion, against the examples of GitHub's documentation."""

from decimal import Decimal
from typing import Any

import pytest

from finops_gate.model import Unknown
from finops_gate.sources.ci.budget import Budget, TooComplex
from finops_gate.sources.ci.matrix import MatrixError, combinations

FRUIT = {
    "fruit": ["apple", "pear"],
    "animal": ["cat", "dog"],
    "include": [
        {"color": "green"},
        {"color": "pink", "animal": "cat"},
        {"fruit": "apple", "shape": "circle"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ],
}
NODE = {"os": ["windows-latest", "ubuntu-latest"], "node": [Decimal(14), Decimal(16)]}


def test_the_documented_include_example() -> None:
    assert combinations(FRUIT, Budget()) == [
        {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "color": "pink"},
        {"fruit": "pear", "animal": "dog", "color": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ]


@pytest.mark.parametrize(
    ("matrix", "count"),
    [
        (None, 1),
        (NODE, 4),
        # The documentation's: include that extends one combination, and that adds one.
        ({**NODE, "include": [{"os": "windows-latest", "node": Decimal(16), "npm": Decimal(6)}]}, 4),
        ({**NODE, "include": [{"os": "windows-latest", "node": Decimal(17)}]}, 5),
        # The documentation's exclude example: 12 combinations less (macos, 12, production) and two of windows, 16.
        (
            {
                "os": ["macos-latest", "windows-latest"],
                "version": [Decimal(12), Decimal(14), Decimal(16)],
                "environment": ["staging", "production"],
                "exclude": [
                    {"os": "macos-latest", "version": Decimal(12), "environment": "production"},
                    {"os": "windows-latest", "version": Decimal(16)},
                ],
            },
            9,
        ),
        ({"include": [{"site": "a"}, {"site": "b"}]}, 2),
        ({"os": []}, 0),
        ({"os": ["a"], "exclude": [{"os": "a"}]}, 0),
        ({"os": ["a"], "exclude": [{"os": "a"}], "include": [{"os": "a"}]}, 1),
        ({"os": ["a", "b"], "exclude": [{"nothing": "a"}]}, 2),
        ({"v": [Decimal("3.10"), "3.1"], "exclude": [{"v": "3.1"}]}, 1),
        ({"v": [True, Decimal(1)], "exclude": [{"v": Decimal(1)}]}, 1),
        ({"c": [{"a": "x", "b": "y"}], "exclude": [{"c": {"a": "x"}}]}, 0),
        ({"os": [Unknown("a variable"), "b"]}, 2),
    ],
)
def test_counts(matrix: Any, count: int) -> None:
    found = combinations(matrix, Budget())
    assert not isinstance(found, Unknown)
    assert len(found) == count


@pytest.mark.parametrize(
    "matrix",
    [
        Unknown("an output"),
        {"os": Unknown("an output")},
        {"os": ["a"], "include": Unknown("an output")},
        {"os": ["a"], "include": [Unknown("an output")]},
        {"os": ["a", Unknown("an output")], "exclude": [{"os": "a"}]},
        {"os": ["a"], "exclude": [{"os": Unknown("an output")}]},
    ],
)
def test_what_an_unknown_decides_is_unknown(matrix: Any) -> None:
    found = combinations(matrix, Budget())
    assert isinstance(found, Unknown)
    assert "an output" in found.reason


@pytest.mark.parametrize(
    ("matrix", "path"),
    [
        ("os", ""),
        ({"os": "ubuntu-latest"}, "os"),
        ({"os": None}, "os"),
        ({"include": {"os": "a"}}, "include"),
        ({"exclude": ["a"]}, "exclude[0]"),
        ({str(n): ["x"] * 10 for n in range(30)}, ""),
    ],
)
def test_what_github_refuses(matrix: Any, path: str) -> None:
    with pytest.raises(MatrixError) as caught:
        combinations(matrix, Budget())
    assert caught.value.path == path


def test_what_takes_too_long_is_not_begun() -> None:
    with pytest.raises(TooComplex):
        combinations({"a": ["x"] * 9_000, "exclude": [{"a": "y"}] * 9_000}, Budget())
