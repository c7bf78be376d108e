"""When a reply is requested, what the assistant sees, and whether its answer is still valid."""
