"""Pure decisions on texts: no clock, no database."""
