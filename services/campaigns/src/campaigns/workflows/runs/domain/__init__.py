"""What happens to the runs of one person. The engine of `workflows.domain` says what a run does next."""
