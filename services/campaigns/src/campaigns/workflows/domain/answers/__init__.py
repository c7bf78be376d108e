"""Reading what a person answered: as text, number, choice or date. What could mean two things is asked again."""
