"""Realtime tells dashboards what has just changed, live and without silent gaps.

It numbers each event of a tenant once and so decides their order. It owns the log of the last hour, from which a client
that was away catches up. It knows which streams are open. It decides nothing about conversations or campaigns: it
passes on what their services published.
"""
