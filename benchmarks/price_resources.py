"""How fast resources are priced: a thousand of all priced types, and the first question to the catalogue.

    python benchmarks/price_resources.py [--resources 1000]

The resources are the examples of the cost models, one after the other, again and again. Their models are loaded
first and timed by themselves; a run loads only those of the types it meets.
"""

from __future__ import annotations

import argparse
import itertools
import time

import measure

from finops_gate import data
from finops_gate.costing.catalogue import open_catalogue
from finops_gate.costing.examples import estimate_example, examples_of
from finops_gate.costing.models import Models


def main() -> None:
    arguments = argparse.ArgumentParser(description="How fast resources are priced.")
    arguments.add_argument("--resources", type=int, default=1_000)
    given = arguments.parse_args()
    open_catalogue()  # Compiles it where this is the first run of a checkout.

    begun = time.process_time()
    catalogue = open_catalogue()
    catalogue.price("aws", "eu-west-1", "ebs|gp3", "storage")
    print(f"open the catalogue and look up a price     {(time.process_time() - begun) * 1000:7.2f} ms")

    files = sorted((data.pricing_dir() / "models").glob("*/*.yaml"))
    examples = [example for file in files for example in examples_of(file)]
    models = Models()
    begun = time.process_time()
    types = {example.resource for example in examples if models.get(example.resource)}
    print(f"load {len(types)} cost models                       {(time.process_time() - begun) * 1000:7.1f} ms")

    chosen = list(itertools.islice(itertools.cycle(examples), given.resources))
    took = measure.seconds(lambda: [estimate_example(example, catalogue, models) for example in chosen])
    print(f"price {len(chosen):,} resources of {len(types)} types        {took:7.3f} s")


if __name__ == "__main__":
    main()
