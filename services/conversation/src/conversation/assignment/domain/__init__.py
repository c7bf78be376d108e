"""Who takes part, and whose turn it is."""
