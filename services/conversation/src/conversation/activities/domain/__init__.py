"""An activity as it is kept. Pure."""
