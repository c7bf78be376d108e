"""The document protocol on a server that speaks MongoDB."""
