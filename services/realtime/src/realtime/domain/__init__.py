"""What a listener is shown, and in which frames. Without I/O."""
