"""One outside party per file."""
