"""`require_tags`: the tags (labels) that everything must carry, and the values they may have.

    require_tags:
      keys: [team, env]
    require_tags:
      keys: {team: any, env: [prod, staging], cost-center: {pattern: "CC-[0-9]{4}"}}

`Resource.tags` holds what the resource will carry, a provider's `default_tags` included. Types that take no tags are
left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from finops_gate.model import Unknown
from finops_gate.policy.attributes import TAG_ATTRIBUTES, is_taggable
from finops_gate.policy.definition import Judgement, Rule, Subject
from finops_gate.policy.matchers import Matcher, compile_matcher, is_present
from finops_gate.policy.messages import listing
from finops_gate.policy.rules.context import Context

ANY_VALUE = compile_matcher({"present": True})


def compile_required(raw: Mapping[str, Any], context: Context) -> Rule:
    """A rule that wants each key present, with a value its matcher allows."""
    keys = raw["keys"]
    written = keys if isinstance(keys, Mapping) else dict.fromkeys(keys, "any")
    wanted = {
        key: ANY_VALUE if value == "any" else compile_matcher(value, context.at(f"require_tags.keys.{key}"))
        for key, value in written.items()
    }

    def rule(subjects: Sequence[Subject]) -> Iterator[Judgement]:
        for subject in subjects:
            if subject.after is not None and is_taggable(subject.resource.type):
                yield from judge(subject, wanted)

    return rule


def judge(subject: Subject, wanted: Mapping[str, Matcher]) -> Iterator[Judgement]:
    tags = subject.resource.tags
    where = place(subject)
    if isinstance(tags, Unknown):
        yield Judgement(subject, where, unknown=f"its tags are not known ({tags.reason})")
        return
    missing = [key for key in wanted if is_present(tags.get(key)) is False]
    verdicts = {key: matcher.holds(tags[key]) for key, matcher in wanted.items() if key not in missing and key in tags}
    wrong = [
        f"{key} ({tags[key]}; allowed: {wanted[key].limit})" for key, verdict in verdicts.items() if verdict is False
    ]
    if missing or wrong:
        look_alikes = [found for key in missing for found in tags if found != key and folded(found) == folded(key)]
        facts = {"missing": missing or None, "wrong": wrong or None, "limit": list(wanted)}
        yield Judgement(subject, where, facts={**facts, "problems": problems(missing, wrong, look_alikes)})
    for key, verdict in verdicts.items():
        if isinstance(verdict, Unknown) and wanted[key] is not ANY_VALUE:
            yield Judgement(subject, where, unknown=f"the value of its tag {key} is not known ({verdict.reason})")


def problems(missing: Sequence[str], wrong: Sequence[str], look_alikes: Sequence[str]) -> str:
    """What is wrong with the tags, to follow the resource's name in a sentence."""
    instead = f" (it has {listing(look_alikes)})" if look_alikes else ""
    parts = [f"lacks the tag{'s' if len(missing) > 1 else ''} {listing(missing)}{instead}"] if missing else []
    return listing(parts + [f"has {text}" for text in wrong])


def folded(key: str) -> str:
    """A key without what people vary by accident: `Cost-Center ` and `cost_center` are the same."""
    return key.strip().lower().replace("_", "").replace("-", "")


def place(subject: Subject) -> str:
    """The attribute that holds the tags, where the author wrote one; labels of Kubernetes stand at `tags`, too."""
    if "tags" in subject.resource.spans:
        return "tags"
    return next((name for name in TAG_ATTRIBUTES if subject.resource.attributes.get(name) is not None), "")
