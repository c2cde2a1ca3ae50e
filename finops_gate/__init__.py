"""finops-gate: what a change to infrastructure code will cost, held against policy, before it is merged."""

__version__ = "0.1.0"
