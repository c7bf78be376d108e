"""What a webhook says and what follows from it: pure, told the time and the owner."""
