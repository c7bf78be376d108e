"""The thread: the aggregate, its conversations, its timeline, and how a decision edits it."""
