"""What an entry of a timeline holds."""
