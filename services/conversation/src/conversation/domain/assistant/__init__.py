"""When a reply is wanted, what the assistant is told, and whether its answer still fits."""
