"""Past turns of a tenant, for replays: what customers wrote, and what they were sent."""
