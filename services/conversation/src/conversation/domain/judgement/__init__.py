"""What people do with the assistant's answers, and how much of its own it may therefore send."""
