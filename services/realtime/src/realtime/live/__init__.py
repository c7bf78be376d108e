"""The open streams of this process, and what they show."""
