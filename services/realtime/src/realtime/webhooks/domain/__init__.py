"""What a webhook gets, when it is tried again, and when it is given up. Pure."""
