"""The demo of `make run`: a tenant with a number at the pretend carrier, and a small business that it belongs to."""
