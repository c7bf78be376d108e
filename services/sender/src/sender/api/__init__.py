"""What the HTTP API of messages and of the budget says and takes."""
