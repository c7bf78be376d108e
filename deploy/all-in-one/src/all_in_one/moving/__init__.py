"""From the data folder to servers: everything, checked by counts and digests. For operators: docs/operations.md."""
