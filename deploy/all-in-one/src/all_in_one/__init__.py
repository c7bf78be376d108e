"""Every service on one machine, in three processes, on SQLite files or on real servers: what `make run` starts."""
