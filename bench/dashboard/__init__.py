"""The dashboard in a browser: how soon a text appears, and whether a long inbox scrolls without a halt."""
