"""What a saved view is, and how many a user has."""
