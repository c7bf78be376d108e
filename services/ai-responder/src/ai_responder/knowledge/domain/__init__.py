"""Pure: what a document of knowledge goes through, how it is cut, and how its words are compared."""
