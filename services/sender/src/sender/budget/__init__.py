"""A tenant's spend caps: one document per tenant and month reserves and books."""
