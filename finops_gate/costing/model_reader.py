"""Reads a cost model's file: checks it, compiles its expressions, and says at which line something is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from keyword import iskeyword
from pathlib import Path
from typing import Any

from finops_gate.costing.component_groups import ungrouped
from finops_gate.costing.formula import Formula, Text
from finops_gate.costing.functions import FUNCTIONS
from finops_gate.costing.model_definition import (
    AssumptionModel,
    ComponentModel,
    Model,
    OtherModels,
    PartModel,
    PriceModel,
    Quantity,
    UsageKey,
    UsageKeys,
    provider_of,
)
from finops_gate.errors import ConfigurationError, ExpressionError
from finops_gate.expression import Expression, compile_expression, nearest
from finops_gate.schema import load_schema, sentences
from finops_gate.sources.documents import Document, read_documents

ALWAYS_THERE = frozenset({"usage", "region", "resource", "unbounded"})
ELEMENT = frozenset({"it", "index"})
_EXAMPLES = re.compile(r"^examples:", re.MULTILINE)
_NO_NAME = re.compile(r"there is no `(\w+)`")
_BRACED = re.compile(r"\{([^{}]*)\}")


def read_model(text: str, path: str, resource_type: str, models: OtherModels, trusted: bool = True) -> Model:
    """The model that a file holds; `trusted` ones are held against the schema in tests and not in every run.

    Raises ConfigurationError with file, line and the nearest right name.
    """
    document = document_of(text, path, with_examples=not trusted)
    if not trusted:
        validate(document)
    return _Reader(document, resource_type, models).read()


def read_document(file: Path) -> Document:
    """The YAML of a model's file. Raises ConfigurationError where it is not valid, or gives a key twice."""
    return document_of(file.read_text(encoding="utf-8"), file.as_posix())


def document_of(text: str, path: str, with_examples: bool = True) -> Document:
    examples = None if with_examples else _EXAMPLES.search(text)
    documents = read_documents(text[: examples.start()] if examples else text, path)
    for notice in (notice for document in documents for notice in document.notices):
        raise ConfigurationError(notice.message, notice.span)
    if len(documents) != 1 or not isinstance(documents[0].value, dict):
        raise ConfigurationError(f"{path} is not a cost model: it must be one YAML mapping")
    return documents[0]


def validate(document: Document) -> None:
    """Holds a model against its schema. Raises ConfigurationError at the first breach; unknown keys come first."""
    errors = [deepest(error) for error in decimal_validator(load_schema("cost-model")).iter_errors(document.value)]
    said = [
        (error.validator != "additionalProperties", document.key_spans.get(place) or document.span(place), sentence)
        for error in errors
        for place, sentence in sentences(error)
    ]
    if said:
        _, span, sentence = min(said)
        raise ConfigurationError(sentence, span)


def deepest(error: Any) -> Any:
    """Of alternatives that all failed, the error that got furthest: what the author probably meant."""
    while error.context:
        error = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "type", e.message))
    return error


def decimal_validator(schema: Mapping[str, Any]) -> Any:
    """A validator of JSON Schema for which a Decimal is a number."""
    import jsonschema

    draft = jsonschema.Draft202012Validator
    checker = draft.TYPE_CHECKER.redefine("number", lambda _, value: isinstance(value, Decimal))
    return jsonschema.validators.extend(draft, type_checker=checker)(schema)  # type: ignore[no-untyped-call]


class _Reader:
    """One reading of one document; `names` grows as named expressions are read."""

    def __init__(self, document: Document, resource_type: str, models: OtherModels) -> None:
        self.document, self.type, self.models = document, resource_type, models
        self.value: Mapping[str, Any] = document.value
        self.attributes: Mapping[str, Any] = self.value.get("attributes") or {}
        self.tables: Mapping[str, Any] = self.value.get("tables") or {}
        self.lets: dict[str, Formula] = {}
        self.usage: UsageKeys = {}

    def error(self, message: str, path: str) -> ConfigurationError:
        return ConfigurationError(message, self.document.span(path))

    def read(self) -> Model:
        if self.value.get("resource") != self.type:
            raise self.error(f"the file is named for {self.type}, but `resource` says otherwise", "resource")
        if "like" in self.value:
            return self.alias(self.value["like"])
        self.usage = self.usage_keys(self.value.get("usage") or {}, "usage")
        for name, value in (self.value.get("let") or {}).items():
            self.check_name(name)
            self.lets[name] = self.formula(value, f"let.{name}")
        return self.model()

    def check_name(self, name: str) -> None:
        """Raises ConfigurationError for a named expression that no other expression could name."""
        if name in self.attributes or name in self.tables or name in ALWAYS_THERE:
            raise self.error(f"`{name}` is an attribute, a table or a built-in name already", f"let.{name}")
        if not name.isidentifier() or iskeyword(name):
            raise self.error(
                f"`{name}` cannot be a name: write letters, digits and _, and no Python keyword", f"let.{name}"
            )

    def alias(self, like: str) -> Model:
        model = self.models.get(like) if like != self.type else None
        if model is None:
            raise self.error(f"there is no cost model of {like}", "like")
        return model

    def model(self) -> Model:
        region = self.value.get("region")
        return Model(
            type=self.type,
            provider=provider_of(self.type),
            path=self.document.path,
            attributes=self.attributes,
            usage=self.usage,
            tables=self.tables,
            lets=self.lets,
            region=None if region is None else self.formula(region, "region"),
            is_part_only=self.value.get("by_itself") == "free",
            usage_only=self.value.get("declared_in") == "usage",
            components=[self.component(v, path) for v, path in ungrouped(self.list_of("components"), "components")],
            parts=[self.part(v, f"parts[{i}]") for i, v in enumerate(self.list_of("parts"))],
            assumptions=[self.assumption(v, f"assumptions[{i}]") for i, v in enumerate(self.list_of("assumptions"))],
            extra={k: self.quantity(v, f"extra.{k}", ()) for k, v in (self.value.get("extra") or {}).items()},
        )

    def list_of(self, key: str) -> list[Mapping[str, Any]]:
        return self.value.get(key) or []

    # Usage

    def usage_keys(self, keys: Mapping[str, Any], path: str) -> UsageKeys:
        return {name: self.usage_key(value, f"{path}.{name}") for name, value in keys.items()}

    def usage_key(self, value: Any, path: str) -> UsageKey | UsageKeys:
        if isinstance(value, str):
            return UsageKey(value)
        if "about" not in value:
            return self.usage_keys(value, path)
        return UsageKey(
            about=value["about"],
            is_setting="default" in value,
            by=value.get("by", ""),
            default=self.optional(value, "default", path),
            least=self.optional(value, "min", path),
            most=self.optional(value, "max", path),
            typical=value.get("typical", {}),
        )

    def usage_at(self, dotted: str, path: str) -> list[tuple[str, UsageKey]]:
        """The key `usage.a.b`; where that nests further keys (`usage.a[it]` may be any of them) each, by its name.

        Raises ConfigurationError where there is none.
        """
        found: Any = self.usage
        for name in dotted.split(".")[1:]:
            if not isinstance(found, Mapping):
                break
            if name not in found:
                raise self.error(f"there is no usage key `{dotted.removeprefix('usage.')}`{nearest(name, found)}", path)
            found = found[name]
        return [(dotted.removeprefix("usage").lstrip("."), key) for key in _leaves(found)]

    # Formulas and texts

    def optional(self, value: Mapping[str, Any], key: str, path: str, more: Collection[str] = ()) -> Formula | None:
        return None if value.get(key) is None else self.formula(value[key], f"{path}.{key}", more)

    def formula(self, value: Any, path: str, more: Collection[str] = ()) -> Formula:
        if not isinstance(value, str):
            return Formula(str(value), constant=value)
        expression = self.compiled(value, path, more)
        used, forecasts = self.usage_of(expression, path)
        return Formula(value, expression, usage=used, forecasts=forecasts)

    def compiled(self, source: str, path: str, more: Collection[str]) -> Expression:
        known = {*self.attributes, *self.tables, *self.lets, *ALWAYS_THERE, *more}
        try:
            return compile_expression(source, known, functions=FUNCTIONS)
        except ExpressionError as error:
            raise ExpressionError(error.message + self.hint(error.message), self.document.span(path)) from None

    def hint(self, message: str) -> str:
        """For whoever names a usage key as if it were an attribute."""
        found = _NO_NAME.search(message)
        return f"; did you mean `usage.{found[1]}`?" if found and found[1] in self.usage else ""

    def usage_of(self, expression: Expression, path: str) -> tuple[frozenset[str], frozenset[str]]:
        """The usage keys an expression hangs on, and those of them that are forecasts."""
        used: set[str] = set()
        forecasts: set[str] = set()
        for name in sorted(expression.names & self.lets.keys()):
            used |= self.lets[name].usage
            forecasts |= self.lets[name].forecasts
        for dotted in sorted(p for p in expression.paths if p.split(".")[0] == "usage"):
            for name, key in self.usage_at(dotted.split("[")[0], path):
                used.add(name)
                if not key.is_setting:
                    forecasts.add(name)
        return frozenset(used), frozenset(forecasts)

    def text(self, value: Any, path: str, more: Collection[str] = ()) -> Text:
        pieces = _BRACED.split(value if isinstance(value, str) else str(value))
        parts = [self.formula(p, path, more) if i % 2 else p for i, p in enumerate(pieces)]
        return Text([part for part in parts if part != ""])

    def optional_text(self, value: Mapping[str, Any], key: str, path: str, more: Collection[str] = ()) -> Text | None:
        return None if value.get(key) is None else self.text(value[key], f"{path}.{key}", more)

    def quantity(self, value: Any, path: str, more: Collection[str]) -> Quantity:
        if not isinstance(value, dict):
            return Quantity(self.formula(value, path, more))
        if value.get("expected") is None:
            raise self.error("a quantity needs `expected`", path)
        return Quantity(
            self.formula(value["expected"], f"{path}.expected", more),
            self.optional(value, "floor", path, more),
            self.optional(value, "ceiling", path, more),
        )

    # Lines

    def component(self, value: Mapping[str, Any], path: str) -> ComponentModel:
        more = ELEMENT if "each" in value else ()
        if ("price" in value) == ("unit_price" in value):
            raise self.error("a component needs `price` or `unit_price`, and not both", path)
        self.check_keys(value, ("name", "unit", "quantity"), path)
        self.check_keys(value.get("price", {"key": "", "component": ""}), ("key", "component"), f"{path}.price")
        return ComponentModel(
            name=self.text(value["name"], f"{path}.name", more),
            unit=value["unit"],
            quantity=self.quantity(value["quantity"], f"{path}.quantity", more),
            price=self.price(value["price"], f"{path}.price", more) if "price" in value else None,
            unit_price=self.optional(value, "unit_price", path, more),
            when=self.optional(value, "when", path, more),
            each=self.optional(value, "each", path),
            under=self.optional_text(value, "under", path, more),
            note=self.optional_text(value, "note", path, more),
        )

    def check_keys(self, value: Mapping[str, Any], keys: Sequence[str], path: str) -> None:
        """Raises ConfigurationError for a key that neither a component nor its group has."""
        for key in keys:
            if key not in value:
                raise self.error(f"`{key}` is missing here, and in the group around it", path)

    def price(self, value: Mapping[str, Any], path: str, more: Collection[str]) -> PriceModel:
        return PriceModel(
            key=self.text(value["key"], f"{path}.key", more),
            component=self.text(value["component"], f"{path}.component", more),
            purchase=self.optional_text(value, "purchase", path, more),
            region=self.optional_text(value, "region", path, more),
            provider=self.optional_text(value, "provider", path, more),
            plus=self.price(value["plus"], f"{path}.plus", more) if "plus" in value else None,
        )

    def part(self, value: Mapping[str, Any], path: str) -> PartModel:
        more = ELEMENT if "each" in value else ()
        model = self.models.get(value["model"]) if value["model"] != self.type else None
        if model is None:
            raise self.error(f"there is no cost model of {value['model']}", f"{path}.model")
        return PartModel(
            model=value["model"],
            name=self.optional_text(value, "name", path, more),
            attributes=self.formulas(value, "attributes", path, more, model.attributes),
            usage=self.formulas(value, "usage", path, more, self.models.usage_keys(value["model"])),
            source=self.optional(value, "from", path, more),
            when=self.optional(value, "when", path, more),
            each=self.optional(value, "each", path),
            times=self.quantity(value["times"], f"{path}.times", more) if "times" in value else None,
        )

    def formulas(
        self, value: Mapping[str, Any], key: str, path: str, more: Collection[str], known: Collection[str]
    ) -> Mapping[str, Formula]:
        """The formulas of a mapping whose keys must be `known` to the model of the part."""
        found: dict[str, Formula] = {}
        for name, source in (value.get(key) or {}).items():
            if name not in known:
                message = f"{value['model']} has no `{name}` among its {key}{nearest(name, known)}"
                raise self.error(message, f"{path}.{key}.{name}")
            found[name] = self.formula(source, f"{path}.{key}.{name}", more)
        return found

    def assumption(self, value: Mapping[str, Any], path: str) -> AssumptionModel:
        say, when = self.optional_text(value, "say", path), self.optional(value, "when", path)
        return AssumptionModel(say, when, self.optional(value, "each", path), value.get("general", False))


def _leaves(keys: UsageKey | UsageKeys) -> Iterator[UsageKey]:
    if isinstance(keys, UsageKey):
        yield keys
        return
    for value in keys.values():
        yield from _leaves(value)
