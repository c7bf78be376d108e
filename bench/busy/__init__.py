"""What must stay quick while a campaign keeps the installation busy."""
