"""Labels of conversations and contacts: a label is its name, the same for both."""
