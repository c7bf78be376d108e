"""Tenants and what belongs to them: connections, numbers, API keys."""
