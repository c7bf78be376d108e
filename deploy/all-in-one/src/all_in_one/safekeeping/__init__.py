"""Backups of the data folder while Parley runs, and their way back. For operators: docs/operations.md."""
