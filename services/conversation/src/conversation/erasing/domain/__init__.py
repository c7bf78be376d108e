"""Pure: what an erasure is, and how far it is."""
