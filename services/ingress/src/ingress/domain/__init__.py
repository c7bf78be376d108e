"""What a webhook says and which events follow: pure decisions, given the time and the tenant."""
