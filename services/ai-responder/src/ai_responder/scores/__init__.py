"""How people judged the answers of each assistant's versions."""
