"""The broker inside the process: queues in memory, a journal in SQLite."""
