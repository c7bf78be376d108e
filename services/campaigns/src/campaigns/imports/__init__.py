"""Recipients from files: uploaded, looked at, mapped, repaired where that is certain, and added row by row."""
