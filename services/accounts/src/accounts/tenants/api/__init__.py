"""The HTTP API of tenants, connections, numbers and API keys."""
