"""Functions of IP networks, as RFC 4632 has them and Terraform computes them."""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from typing import TypeAlias

from finops_gate.sources.terraform.functions.collections import whole
from finops_gate.sources.terraform.functions.registry import function
from finops_gate.sources.terraform.problems import EvaluationError
from finops_gate.sources.terraform.types import BOOL, NUMBER, STRING, ListType
from finops_gate.sources.terraform.values import ListValue, Value

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def network(prefix: str) -> Network:
    """A network of `address/length`; leading zeros are decimal, as Terraform reads them. Raises EvaluationError."""
    address, slash, length = prefix.partition("/")
    if not slash or not re.fullmatch(r"[0-9]{1,3}", length):
        raise EvaluationError(f'"{prefix[:60]}" is not a network such as 10.0.0.0/16')
    try:
        return ipaddress.ip_network(f"{without_zeros(address)}/{int(length)}", strict=False)
    except ValueError as error:
        raise EvaluationError(f'"{prefix[:60]}" is not a network such as 10.0.0.0/16') from error


def without_zeros(address: str) -> str:
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9}){3}", address):
        return ".".join(str(int(part)) for part in address.split("."))
    return address


@function("cidrhost", STRING, NUMBER, returns=STRING)
def cidrhost(prefix: str, number: Decimal) -> Value:
    net = network(prefix)
    host = whole(number, 129)
    size = net.num_addresses
    if not -size <= host < size:
        raise EvaluationError(f"a prefix of {net.prefixlen} has no host numbered {host}")
    return str(net[host])


@function("cidrnetmask", STRING, returns=STRING)
def cidrnetmask(prefix: str) -> Value:
    net = network(prefix)
    if net.version == 6:
        raise EvaluationError("IPv6 networks have no netmask")
    return str(net.netmask)


@function("cidrsubnet", STRING, NUMBER, NUMBER, returns=STRING)
def cidrsubnet(prefix: str, new_bits: Decimal, number: Decimal) -> Value:
    return str(_subnet(network(prefix), whole(new_bits), whole(number, 129)))


def _subnet(net: Network, new_bits: int, number: int) -> Network:
    length = net.prefixlen + new_bits
    if new_bits < 0 or length > net.max_prefixlen:
        raise EvaluationError(f"a prefix of {net.prefixlen} cannot be extended by {new_bits}")
    if not 0 <= number < 2**new_bits:
        raise EvaluationError(f"{new_bits} bits do not number a subnet {number}")
    first = int(net.network_address) + (number << (net.max_prefixlen - length))
    return type(net)((first, length))


@function("cidrsubnets", STRING, variadic=NUMBER, returns=ListType(STRING))
def cidrsubnets(prefix: str, *new_bits: Decimal) -> Value:
    """Consecutive networks, each as near behind the one before as its size allows."""
    net = network(prefix)
    at = int(net.network_address)
    end = at + net.num_addresses
    found: list[Value] = []
    for bits in new_bits:
        length = net.prefixlen + whole(bits)
        if whole(bits) < 1 or length > net.max_prefixlen:
            raise EvaluationError(f"a prefix of {net.prefixlen} cannot be extended by {whole(bits)}")
        size = 1 << (net.max_prefixlen - length)
        at = -(-at // size) * size
        if at + size > end:
            raise EvaluationError(f"there is no room left in {net} for a prefix of {length}")
        found.append(str(type(net)((at, length))))
        at += size
    return ListValue(found, STRING)


@function("cidrcontains", STRING, STRING, returns=BOOL)
def cidrcontains(prefix: str, inner: str) -> Value:
    outer = network(prefix)
    try:
        within = network(inner) if "/" in inner else ipaddress.ip_network(without_zeros(inner))
    except ValueError as error:
        raise EvaluationError(f'"{inner[:60]}" is neither an address nor a network') from error
    if within.version != outer.version:
        raise EvaluationError("the addresses are of different families")
    return outer.network_address <= within.network_address and within.broadcast_address <= outer.broadcast_address  # type: ignore[operator]
