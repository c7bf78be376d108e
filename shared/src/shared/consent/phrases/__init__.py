"""What people write when they want no more texts, or want them again: phrases by language and by kind."""
