"""One action on many conversations, with what happened to each."""
