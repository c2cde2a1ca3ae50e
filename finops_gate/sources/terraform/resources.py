"""The instances of a project's resource blocks, as the rest of finops-gate sees resources."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from finops_gate.expression import nearest
from finops_gate.model import Notice, Resource
from finops_gate.sources.terraform.declarations import Declared
from finops_gate.sources.terraform.expansion import Instance
from finops_gate.sources.terraform.inputs import Input
from finops_gate.sources.terraform.module import Module
from finops_gate.sources.terraform.moves import forgotten
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.project import Project
from finops_gate.sources.terraform.providers import plain_configuration, region, tags
from finops_gate.sources.terraform.resource_types import family
from finops_gate.sources.terraform.validation import refused_values, unexpected_arguments
from finops_gate.sources.terraform.values import export
from finops_gate.sources.terraform.written import Origins, References, Spans, Traces


def resources_of(project: Project, root: Module) -> list[Resource]:
    """Every managed resource of the root module and of what it calls, with notices left in the project."""
    found: list[Resource] = []
    waiting = [root]
    while waiting:
        module = waiting.pop()
        try:
            waiting += called(module)
            found += managed(module)
            for notice in (*refused_values(module), *unexpected_arguments(module), *forgotten(module)):
                project.note(notice)
        except EvaluationError as error:
            module.report(error)
    for module_notice in undeclared(root):
        project.note(module_notice)
    return found


def called(module: Module) -> list[Module]:
    """The modules that a module calls."""
    found: list[Module] = []
    for name in module.declared.calls:
        module.value(("call", name))
        found += [child for _, child in module.children.get(name, ())]
    return found


def managed(module: Module) -> Iterator[Resource]:
    for type, name in module.declared.resources:
        module.value(("resource", type, name))
        declared = module.declared.resources[(type, name)]
        for instance in module.instances.get((type, name), ()):
            yield _resource(module, declared, instance)


def _resource(module: Module, declared: Declared, instance: Instance) -> Resource:
    type, name = declared.node.labels
    attributes: Mapping[str, Any] = {key: export(value) for key, value in instance.content.items.items()}
    provider = plain_configuration(module, declared, type)
    of = family(type)
    traces = Traces(instance.content.places)
    return Resource(
        address=f"{module.prefix}{type}.{name}{instance.suffix}",
        type=type,
        source="terraform",
        attributes=attributes,
        span=declared.header,
        tags=tags(of, type, attributes, provider),
        spans=Spans(instance.content.places),
        origins=Origins(traces),
        references=References(traces),
        module_path=module.address,
        provider=of,
        region=region(of, attributes, provider, module.project.settings.get("default_region")),
        env=module.project.deployment.env,
        project=module.project.deployment.name,
        usage_file=module.project.deployment.usage_file,
        instances=instance.instances,
        moved_from=moved_from(module, f"{type}.{name}", instance.suffix),
    )


def moved_from(module: Module, name: str, suffix: str) -> tuple[str, ...]:
    """The addresses that `moved` blocks of the module say this resource had before, nearest first."""
    from finops_gate.sources.terraform.moves import moves_of

    return moves_of(module, name, suffix)


def _is_own(root: Module, given: Input) -> bool:
    """Whether an input is meant for this root module; a file that several are given may be meant for others."""
    if given.file is None:
        return False
    path = given.file.path
    return posixpath.dirname(path) == root.declared.directory or path in root.project.deployment.own_files


def undeclared(root: Module) -> Iterator[Notice]:
    """Inputs that no variable takes: a typo, mostly, and then the default holds."""
    for name, given in sorted(root.inputs.items()):
        if name not in root.declared.variables and _is_own(root, given):
            hint = nearest(name, root.declared.variables)
            message = f'"{name}" is given a value, but no variable of that name is declared{hint}'
            yield Notice("undeclared-variable", "info", message, given.origin)
