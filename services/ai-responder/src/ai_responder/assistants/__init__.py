"""Assistants of a tenant: their versions, the routes that lead to them, and their business hours."""
