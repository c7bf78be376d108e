"""Outgoing webhooks: a tenant's events, posted to addresses that it names, signed, at least once.

`reader.py` turns log entries into deliveries, `worker.py` makes them. Nothing here runs for a tenant without webhooks.
"""
