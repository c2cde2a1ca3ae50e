"""Made-up repositories: Terraform that parses and mostly means something, with every oddity that a stranger may write.

All of it is drawn from a `random.Random`, so that hypothesis (which shrinks) and a coverage-guided fuzzer can feed it.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeAlias

from finops_gate.sources.terraform.functions.registry import FUNCTIONS
from finops_gate.sources.terraform.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    Type,
)

Maker: TypeAlias = "Callable[[Writer, int], str]"

NAMES = ("a", "b", "c", "d")
TYPES = (
    "aws_instance", "aws_ebs_volume", "aws_autoscaling_group", "aws_launch_template", "aws_lambda_function",
    "aws_db_instance", "aws_s3_bucket", "aws_ecs_service", "aws_dynamodb_table", "aws_nat_gateway",
    "google_compute_instance", "azurerm_linux_virtual_machine", "null_resource", "made_up",
)  # fmt: skip
ATTRIBUTES = (
    "instance_type", "size", "type", "volume_size", "iops", "min_size", "max_size", "desired_capacity", "tags",
    "engine", "instance_class", "allocated_storage", "memory_size", "billing_mode", "read_capacity", "name", "region",
    "availability_zone", "machine_type", "zone", "location", "backup_retention_period", "multi_az", "desired_count",
    "reserved_concurrent_executions", "provider", "count.x", "launch_template", "task_definition", "cluster",
)  # fmt: skip
BLOCKS = ("root_block_device", "ebs_block_device", "launch_template", "tag", "lifecycle", "ebs", "setting", "rule")
CONSTRAINTS = (
    "string", "number", "bool", "any", "list(string)", "set(number)", "map(any)",
    "map(object({x = optional(number, 1)}))",
    "object({a = string, b = optional(list(any)), c = optional(map(string), {})})", "tuple([string, bool])",
    "list(list(any))",
    "nonsense", "object({a = var.a})", "list", "optional(string)", '"string"',
)  # fmt: skip
NUMBERS = (
    "0", "1", "-1", "2", "3.7", "1e3", "100000", "5001", "1e400", "1e9999", "0.1", "9" * 60, "1e-9998", "2.50",
    "9223372036854775808", "-0", "00",
)  # fmt: skip
TEXTS = (
    "", "a", "m5.large", "gp3", "us-east-1", "us-east-1a", "10.0.0.0/16", "::/0", "true", "1", "  x ", "$${a}",
    "%%{if}", "\\n",
    "\\u00e9", "e\\u0301", "\\U0001F600", "%s-%03d %#v %q", "^(a+)+$", "(?P<n>x)|y", "../../etc/passwd", "main.tf",
    "null",
    "2024-01-01T00:00:00Z", "1h", "{\\\"a\\\":[1,null]}", "a: [1, {b: c}]", "x,y\\n1,2", "\u202e\u0007", "é",
    "aaaaaaaaaaaaaaaa!",
)  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
NEEDS_NOTHING = (
    "each.key",
    "each.value",
    "each.value.a",
    "count.index",
    "self.id",
    "path.module",
    "path.root",
    "terraform.workspace",
)
MAX_DEPTH = 5


class Writer:
    """Writes expressions and blocks; `depth` bounds them, `loops` are the iterators in reach."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.loops: list[str] = []

    def one_of(self, options: tuple[str, ...] | list[str]) -> str:
        return options[self.random.randrange(len(options))]

    def chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    def several(self, most: int) -> range:
        return range(self.random.randrange(most + 1))

    # Expressions

    def expression(self, depth: int = 0) -> str:
        if depth >= MAX_DEPTH:
            return self.leaf()
        return EXPRESSIONS[self.random.randrange(len(EXPRESSIONS))](self, depth + 1)

    def fitting(self, wanted: Type, depth: int) -> str:
        """An expression that is, more often than not, of the type."""
        makers = FITTING.get(type(wanted) if not isinstance(wanted, Primitive) else wanted, EXPRESSIONS)
        if self.chance(4) or depth >= MAX_DEPTH:
            return self.expression(depth)
        return makers[self.random.randrange(len(makers))](self, depth + 1)

    def leaf(self, _: int = 0) -> str:
        return LEAVES[self.random.randrange(len(LEAVES))](self, 0)

    def number(self, _: int = 0) -> str:
        return self.one_of(NUMBERS)

    def quoted(self, _: int = 0) -> str:
        return f'"{self.one_of(TEXTS)}"'

    def keyword(self, _: int = 0) -> str:
        return self.one_of(("true", "false", "null", "[]", "{}", '""'))

    def reference(self, _: int = 0) -> str:
        name = self.one_of(NAMES)
        roots = [f"var.{name}", f"local.{name}", f"module.{name}", f"data.{self.one_of(TYPES)}.{name}"]
        roots += [f"{self.one_of(TYPES)}.{name}", self.one_of(NEEDS_NOTHING), *self.loops]
        return self.one_of(roots) + self.steps(3)

    def steps(self, most: int) -> str:
        steps = (
            ".a",
            ".b",
            ".id",
            ".arn",
            ".size",
            "[0]",
            "[1]",
            '["a"]',
            "[*]",
            ".*",
            ".0",
            "[*].id",
            ".tags",
            "[-1]",
            "[1.5]",
        )
        return "".join(self.one_of(steps) for _ in self.several(most))

    def template(self, depth: int) -> str:
        parts = [self.one_of(TEXTS)]
        for _ in self.several(3):
            parts.append(
                self.one_of(
                    ("${%s}", "${~ %s ~}", "%%{ if %s }x%%{ else }y%%{ endif }", "%%{ for q in %s }${q}%%{ endfor }")
                )
            )
            parts[-1] = parts[-1] % self.expression(depth)
            parts.append(self.one_of(TEXTS))
        return f'"{"".join(parts)}"'

    def heredoc(self, depth: int) -> str:
        mark = self.one_of(("<<E", "<<-E"))
        return f"{mark}\n  {self.one_of(TEXTS)}\n    ${{{self.expression(depth)}}}\n  E\n"

    def operation(self, depth: int) -> str:
        return f"{self.expression(depth)} {self.one_of(OPERATORS)} {self.expression(depth)}"

    def unary(self, depth: int) -> str:
        return f"{self.one_of(('-', '!', '--', '!!'))}{self.expression(depth)}"

    def conditional(self, depth: int) -> str:
        return f"{self.expression(depth)} ? {self.expression(depth)} : {self.expression(depth)}"

    def parentheses(self, depth: int) -> str:
        return f"({self.expression(depth)}){self.steps(2)}"

    def sequence(self, depth: int) -> str:
        return f"[{', '.join(self.expression(depth) for _ in self.several(4))}]"

    def mapping(self, depth: int) -> str:
        keys = (*NAMES, '"x y"', f"({self.reference()})", '"${var.a}"', "1", "true")
        items = [f"{self.one_of(keys)} {self.one_of(('=', ':'))} {self.expression(depth)}" for _ in self.several(4)]
        return f"{{{', '.join(items)}}}"

    def loop(self, depth: int) -> str:
        source = self.expression(depth)
        names = self.one_of(("k, v", "v", "a", "each", "v, v"))
        self.loops += ["v", "k"]
        value, condition = self.expression(depth), self.expression(depth) if self.chance(3) else ""
        key = self.expression(depth)
        del self.loops[-2:]
        tail = f" if {condition}" if condition else ""
        if self.chance(2):
            return f"[for {names} in {source} : {value}{tail}]"
        return f"{{for {names} in {source} : {key} => {value}{'...' if self.chance(2) else ''}{tail}}}"

    def call(self, depth: int) -> str:
        name = self.one_of([*sorted(FUNCTIONS), "nonsense", "provider::a::b"])
        function = FUNCTIONS.get(name)
        if function is None or function.lazy or self.chance(8):
            arguments = [self.expression(depth) for _ in self.several(4)]
        else:
            arguments = [self.fitting(parameter.type, depth) for parameter in function.parameters]
            variadic = function.variadic
            arguments += [self.fitting(variadic.type, depth) for _ in self.several(3)] if variadic else []
        return f"{name}({', '.join(arguments)}{'...' if arguments and self.chance(6) else ''})"

    # Blocks

    def body(self, depth: int = 0) -> str:
        lines = [f"  {self.one_of(ATTRIBUTES).split('.')[0]}_{i} = {self.expression(2)}" for i in self.several(1)]
        for name in dict.fromkeys(self.one_of(ATTRIBUTES) for _ in self.several(4)):
            lines.append(f"  {name.replace('.', '_')} = {self.expression(1)}")
        if depth < 2:
            lines += [self.nested(depth + 1) for _ in self.several(2)]
        return "\n".join(lines)

    def nested(self, depth: int) -> str:
        name = self.one_of(BLOCKS)
        if self.chance(2):
            return f"  {name} {{\n{self.body(depth)}\n  }}"
        iterator = f"  iterator = {self.one_of(NAMES)}\n" if self.chance(3) else ""
        self.loops.append(f"{name}.value")
        inner = self.body(depth)
        self.loops.pop()
        each = self.fitting(ListType(DYNAMIC), 1)
        return f'  dynamic "{name}" {{\n  for_each = {each}\n{iterator}  content {{\n{inner}\n  }}\n  }}'

    def repetition(self) -> str:
        if self.chance(2):
            return ""
        if self.chance(2):
            return f"  count = {self.fitting(NUMBER, 1)}\n"
        return f"  for_each = {self.fitting(MapType(DYNAMIC), 1)}\n"

    def resource(self) -> str:
        kind = self.one_of(("resource", "resource", "resource", "data"))
        return f'{kind} "{self.one_of(TYPES)}" "{self.one_of(NAMES)}" {{\n{self.repetition()}{self.body()}\n}}\n'

    def variable(self) -> str:
        lines = [f"  type = {self.one_of(CONSTRAINTS)}"] if self.chance(2) else []
        lines += [f"  default = {self.expression(2)}"] if not self.chance(3) else []
        lines += [f"  {self.one_of(('nullable', 'sensitive'))} = {self.keyword()}"] if self.chance(4) else []
        if self.chance(4):
            condition = f"condition = {self.expression(2)}"
            lines.append(f'  validation {{\n    {condition}\n    error_message = "{self.one_of(TEXTS)}"\n  }}')
        return f'variable "{self.one_of(NAMES)}" {{\n' + "\n".join(lines) + "\n}\n"

    def local_values(self) -> str:
        return (
            "locals {\n"
            + "\n".join(f"  {name} = {self.expression(1)}" for name in NAMES[: self.random.randrange(5)])
            + "\n}\n"
        )

    def module(self) -> str:
        source = self.one_of(
            ("./m", "./m", "./n", "../", "./", "hashicorp/x/aws", "git::https://example.com/x.git", "")
        )
        arguments = "\n".join(f"  {name} = {self.expression(1)}" for name in NAMES[: self.random.randrange(5)])
        providers = "  providers = { aws = aws.west }\n" if self.chance(4) else ""
        return (
            f'module "{self.one_of(NAMES)}" {{\n  source = "{source}"\n{self.repetition()}{providers}{arguments}\n}}\n'
        )

    def output(self) -> str:
        return f'output "{self.one_of(NAMES)}" {{\n  value = {self.expression(1)}\n}}\n'

    def other(self) -> str:
        a, b = (f"{self.one_of(TYPES)}.{self.one_of(NAMES)}{self.steps(1)}" for _ in range(2))
        return self.one_of(
            (
                f"moved {{\n  from = {a}\n  to = {b}\n}}\n",
                f"moved {{\n  from = module.a\n  to = module.b[{self.expression(4)}]\n}}\n",
                f"removed {{\n  from = {a}\n}}\n",
                f"import {{\n  to = {a}\n  id = {self.expression(3)}\n}}\n",
                f'provider "aws" {{\n  default_tags {{\n    tags = {self.expression(2)}\n  }}\n}}\n',
                f'provider "aws" {{\n  alias = "west"\n  region = {self.expression(3)}\n}}\n',
                f'terraform {{\n  backend "s3" {{}}\n  required_version = "{self.one_of(TEXTS)}"\n}}\n',
                f'check "a" {{\n  assert {{\n    condition = {self.expression(2)}\n    error_message = "x"\n  }}\n}}\n',
                f"stray = {self.expression(2)}\n",
            )
        )

    def file(self) -> str:
        makers = (
            self.resource,
            self.resource,
            self.resource,
            self.variable,
            self.local_values,
            self.module,
            self.output,
            self.other,
        )
        return "\n".join(makers[self.random.randrange(len(makers))]() for _ in range(1 + self.random.randrange(6)))

    def values(self) -> str:
        return "\n".join(f"{name} = {self.expression(2)}" for name in NAMES[: self.random.randrange(5)]) + "\n"


LEAVES: tuple[Maker, ...] = (Writer.number, Writer.quoted, Writer.keyword, Writer.reference, Writer.reference)
EXPRESSIONS: tuple[Maker, ...] = (
    Writer.leaf, Writer.leaf, Writer.leaf, Writer.reference, Writer.template, Writer.heredoc, Writer.operation,
    Writer.unary,
    Writer.conditional, Writer.parentheses, Writer.sequence, Writer.mapping, Writer.loop, Writer.call, Writer.call,
    Writer.call,
)  # fmt: skip

FITTING: dict[object, tuple[Maker, ...]] = {
    NUMBER: (Writer.number, Writer.number, Writer.reference, Writer.operation),
    STRING: (Writer.quoted, Writer.quoted, Writer.template, Writer.reference),
    BOOL: (Writer.keyword, Writer.operation),
    ListType: (Writer.sequence, Writer.sequence, Writer.loop, Writer.reference),
    SetType: (Writer.sequence, Writer.reference),
    MapType: (Writer.mapping, Writer.mapping, Writer.loop, Writer.reference),
    ObjectType: (Writer.mapping,),
}


def terraform(random: Random) -> dict[str, str]:
    """A root module, its values, and a module or two that it may call."""
    writer = Writer(random)
    files = {"main.tf": writer.file()}
    if not writer.chance(4):
        files["names.tf"] = "".join(f'variable "{name}" {{\n  default = {writer.expression(2)}\n}}\n' for name in NAMES)
    for path in ("more.tf", "m/main.tf", "n/main.tf", "main_override.tf"):
        if writer.chance(2):
            files[path] = writer.file()
    for path in ("terraform.tfvars", "a.auto.tfvars", "prod.tfvars"):
        if writer.chance(3):
            files[path] = writer.values()
    return {path: broken(random, text) if writer.chance(12) else text for path, text in files.items()}


def broken(random: Random, text: str) -> str:

    for _ in range(1 + random.randrange(4)):
        at, to = sorted((random.randrange(len(text) + 1), random.randrange(len(text) + 1)))
        how = random.randrange(5)
        if how == 0:
            text = text[:at] + text[min(to, at + 8) :]
        elif how == 1:
            text = text[:at] + INSERTED[random.randrange(len(INSERTED))] + text[at:]
        elif how == 2:
            text = text[:at] + text[at : at + 40] * (1 + random.randrange(3)) + text[at:]
        elif how == 3:
            text = text[:at]
        else:
            text = text[:at] + text[to:] + text[at:to]
    return text


INSERTED = (
    "{", "}", "[", "]", "(", ")", '"', "${", "%{", "~}", "\n", "\r", "\t", "#", "/*", "*/", "<<E\n", "\\", "\0",
    "\ufeff", "é",
    "\u2028", "=", ",", ":", "?", "...", "for ", "if ", " in ", "[" * 120, "(" * 120, "-" * 300, '"${' * 60, "a." * 300,
    ' "x"' * 50, "!" * 200, "9" * 5000, "1e99999", "<<-", "each.value", "- &a [*a]", "{{", "<<: *x",
    "!!python/object:x", "%YAML",
)  # fmt: skip
