"""What a neighbour is, and what an e-mail means; pure."""
