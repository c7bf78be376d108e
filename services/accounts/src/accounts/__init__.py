"""Who our tenants are, what is theirs, who may act for them, and what was used.

Owns tenants with their settings, carrier connections, phone numbers, API keys and the usage ledger. Tells everybody by
`tenant.changed`, `number.changed`, `connection.changed` and `access.revoked`; a service that starts late or lost its
database fills up from the internal pages.
"""
