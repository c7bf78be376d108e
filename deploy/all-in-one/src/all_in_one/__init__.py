"""Every service in one process, on SQLite files or on real servers: what `make run` starts."""
