"""From what a model wrote to what it meant to say: reasoning, labels, marks and markup taken off."""
