"""Measures how fast Parley is, as ratios to something else in the same run. docs/performance.md names the goals.

The whole product is measured beside a naive pipeline (`naive/`). A single handler is measured beside a floor, which
does only the unavoidable part of the work with the same broker and database classes. Both take turns with the product,
on the same machine, so another program slows both alike.
"""
