"""`finops-gate policy`: which policies there are, what one says, and whether they do what their tests say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finops_gate.errors import ConfigurationError

if TYPE_CHECKING:
    from finops_gate.policy.definition import Policy, PolicySet
    from finops_gate.policy.load import Draft
    from finops_gate.settings import Settings
    from finops_gate.sources.files import Tree


@click.group()
def policy() -> None:
    """List, show and test policies: those that ship with finops-gate and your own."""


config_option = click.option(
    "--config", metavar="FILE", help="Settings, instead of the .finops-gate.yaml of this directory or above."
)


@policy.command("list")
@config_option
def list_policies(config: str | None) -> None:
    """List the policies, with the settings of this repository applied."""
    policies = known_policies(config).policies.values()
    rows = [(p.id, p.level if p.enabled else "off", p.kind, origin(p), p.title) for p in policies]
    table([("POLICY", "LEVEL", "RULE", "FROM", "TITLE"), *rows])


@policy.command()
@click.argument("policy_id", metavar="ID")
@config_option
def show(policy_id: str, config: str | None) -> None:
    """Show what the policy ID says, why, and an example of what breaks it."""
    from finops_gate.expression import nearest

    policies = known_policies(config).policies
    if policy_id not in policies:
        raise ConfigurationError(f"there is no policy `{policy_id}`{nearest(policy_id, policies)}")
    click.echo("\n\n".join(sections(policies[policy_id])))


@policy.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@config_option
@click.pass_context
def test(context: click.Context, paths: tuple[str, ...], config: str | None) -> None:
    """Run the tests inside the policies of PATHS, or of all policies.

    A policy without tests is said so, and no failure. Exit code 1 where a test fails.
    """
    from finops_gate.costing.catalogue import open_catalogue
    from finops_gate.policy.inline_tests import run_tests

    drafts = drafts_at(paths) if paths else all_drafts(config)
    catalogue = open_catalogue()
    results = [result for draft in drafts for result in run_tests(draft, catalogue)]
    if not results:
        raise ConfigurationError("none of these policies has a test: add `tests:` to them")
    failed = [result for result in results if result.problem]
    for result in failed:
        click.echo(f"{result.span}: {result.policy}: {result.name}: {result.problem}")
    for draft in drafts:
        if not draft.source.get("tests"):
            click.echo(f"{draft.locate('id')}: {draft.source['id']} has no tests")
    counts = f"{len(results) - len(failed)} passed, {len(failed)} failed"
    click.echo(f"{plural(len(results), 'test')} of {plural(len(drafts), 'policy', 'policies')}: {counts}")
    context.exit(1 if failed else 0)


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def surroundings(config: str | None) -> tuple[Settings, Tree]:
    """The settings that hold in this directory, and the tree they are of."""
    from finops_gate.cli.options import named_file, outside_of
    from finops_gate.selection import select
    from finops_gate.settings_file import find_settings, load_settings
    from finops_gate.sources.files import WorkingTree
    from finops_gate.sources.overlay import with_directories

    here = Path.cwd()
    selection = select((), here)
    named = named_file(config, here, selection.root) if config else ""
    tree = with_directories(WorkingTree(selection.root), outside_of([named]))
    return load_settings(tree, named or find_settings(tree, selection.targets[0])), tree


def known_policies(config: str | None) -> PolicySet:
    from finops_gate.policy.load import load_policies

    return load_policies(*surroundings(config))


def all_drafts(config: str | None) -> Sequence[Draft]:
    from finops_gate.policy.load import drafts_by_id, own_drafts, shipped_drafts

    settings, tree = surroundings(config)
    return list(drafts_by_id((*shipped_drafts(), *own_drafts(settings, tree))).values())


def drafts_at(paths: Sequence[str]) -> Sequence[Draft]:
    """The policies of files and directories named on the command line. Raises ConfigurationError for a missing one."""
    from finops_gate.policy.load import SUFFIXES, drafts_by_id, drafts_of
    from finops_gate.sources.files import decode

    found: list[Draft] = []
    for name in paths:
        path = Path(name)
        files = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES) if path.is_dir() else [path]
        if not files or not path.exists():
            raise ConfigurationError(f"{name}: no such policy file, or a directory without one")
        for file in files:
            found += drafts_of(decode(file.read_bytes(), str(file)), str(file), shipped=False)
    return list(drafts_by_id(found).values())


def origin(found: Policy) -> str:
    return "finops-gate" if found.shipped else found.span.path


def table(rows: Sequence[Sequence[str]]) -> None:
    """Left-aligned columns, two blanks apart."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def sections(found: Policy) -> list[str]:
    """What `show` prints: the sentence, the reason, how it counts, the rule, and an example."""
    source = found.source
    parts = [f"{found.id}\n{found.title}"]
    if source.get("description"):
        parts.append(str(source["description"]).strip())
    parts.append("\n".join(f"{word}: {value}" for word, value in facts(found)))
    words = ("parameters", "scope", "each", found.kind, "message", "fix")
    parts.append(as_yaml({word: source[word] for word in words if source.get(word)}))
    example = next((t for t in source.get("tests", []) if t["expect"] in ("warn", "fail")), None)
    if example:
        parts.append(f"For example, {example['name']}:\n\n{indented(example_text(example))}")
    return parts


def facts(found: Policy) -> list[tuple[str, str]]:
    exemptions = {"never": "none", "file": "in an exemptions file", "inline": "by a comment with a reason"}
    known = [
        ("level", found.level if found.enabled else f"{found.level} (not enabled)"),
        ("where it is not known", found.on_unknown),
        ("exemptions", exemptions[found.exemptible]),
    ]
    rollout = [("only warns until", found.warn_until)] if found.warn_until else []
    return [*known, *rollout, ("defined in", str(found.span))]


def example_text(test: Mapping[str, Any]) -> str:
    from finops_gate.policy.inline_tests import files_of

    return "\n\n".join(text.rstrip() for text in files_of(test).values())


def indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))


def as_yaml(value: Mapping[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(
        plain(value), sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
    ).rstrip()


def plain(value: Any) -> Any:
    """A policy's values as PyYAML writes them: whole numbers as such, others as their digits."""
    from decimal import Decimal

    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value
