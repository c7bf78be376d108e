"""The thread: the aggregate, its conversations, its timeline, and how it is edited."""
