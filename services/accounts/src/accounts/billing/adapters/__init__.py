"""The carrier as reconciliation sees it: one vendor per file."""
