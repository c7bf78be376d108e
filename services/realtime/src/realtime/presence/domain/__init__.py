"""Who looks at what, from the words of streams alone."""
