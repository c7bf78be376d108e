"""Tenants and what belongs to them, the people and keys that may act for them, and the usage ledger.

Owns tenants with their settings, carrier connections, phone numbers, users, API keys, rate cards and the ledger.
Publishes changes as `tenant.changed`, `number.changed`, `connection.changed`, `prices.changed` and `access.revoked`. A
service that starts late or lost its database reads the internal pages.
"""
