"""Decisions about tenants, connections, numbers and keys: pure, told everything they need."""
