"""What a label is and how a list of labels changes."""
