"""Document stores: one small protocol, SQLite and MongoDB behind it."""
