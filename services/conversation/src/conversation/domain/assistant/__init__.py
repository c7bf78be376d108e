"""When a reply is wanted, what the assistant sees, and whether its answer still fits."""
