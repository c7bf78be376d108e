"""Decisions about tenants, connections, numbers and API keys, without I/O."""
