"""What a canned reply is, and how it reads in a conversation."""
