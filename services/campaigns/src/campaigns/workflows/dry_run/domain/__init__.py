"""Pure: one person's way through a workflow in virtual time, and the figures of all."""
