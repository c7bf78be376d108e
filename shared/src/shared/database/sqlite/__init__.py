"""The document protocol on SQLite."""
