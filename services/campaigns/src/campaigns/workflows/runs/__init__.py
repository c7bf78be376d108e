"""Runs of workflows: one person's way through one version of a workflow."""
