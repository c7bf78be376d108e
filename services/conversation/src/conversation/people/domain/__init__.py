"""What a contact is, which identifiers it has, and what a merge moves. Pure."""
