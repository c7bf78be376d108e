"""The whole all-in-one beside the pipeline that a user would otherwise write, in turns, in one run."""
