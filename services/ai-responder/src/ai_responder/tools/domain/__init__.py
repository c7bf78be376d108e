"""Pure: which tools there are, what a model asked for, and whether it may have that."""
