"""Measures how fast Parley is, as ratios to a floor from the same run. docs/performance.md names the goals.

A floor does only the unavoidable part of the work, with the same broker and database classes, on the same machine, in
turns with the product. So another program on the machine slows both alike.
"""
