"""`make screenshots`: every page of the dashboard with a day of the demo's business, as pictures for docs/."""
