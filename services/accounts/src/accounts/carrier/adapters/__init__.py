"""The carrier account as its API shows it: one vendor per file."""
