"""The HTTP API of users and sessions."""
