"""Pure decisions of workflows: definitions, one run's next move, dry runs. No clock, no database."""
