"""A tenant with 100,000 conversations against one with a single page of them: what grows, and by how much."""
