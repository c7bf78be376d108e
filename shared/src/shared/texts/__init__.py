"""Reading texts alike in several services."""
