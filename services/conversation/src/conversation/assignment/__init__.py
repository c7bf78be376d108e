"""Round robin: new conversations of a number are assigned to the users who take part, in turn."""
