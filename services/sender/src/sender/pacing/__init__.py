"""How fast texts leave: per number and account, per day, and how many requests at once."""
