"""A user's read marks, and how many texts of a conversation are unread for that user."""
