"""The HTTP API of conversations and contacts."""
