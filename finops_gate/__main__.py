"""`python -m finops_gate`."""

from finops_gate.cli import main

main()
