"""Erasing a person in what ai-responder keeps (docs/privacy.md)."""
