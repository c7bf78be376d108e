"""Parley's fault benchmark: several hosts, a cluster, and what goes wrong in a data centre (docs/faults.md).

`make faults` runs it. Another system is measured by a class like `product.Product` (see `system.System`).
"""
