"""Realtime tells dashboards what has just changed, live and without silent gaps.

It decides in which order a tenant's events are shown: the projector numbers each of them once, and owns the log of the
last hour from which whoever was away catches up. It also knows who is listening to what. It never decides anything
about conversations or campaigns: what it sends is what their owners published.
"""
