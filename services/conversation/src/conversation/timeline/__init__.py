"""What happened around the messages and who did it: notes of people, and changes of a conversation."""
