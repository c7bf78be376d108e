"""Pure decisions of forecasts: no clock, no database."""
