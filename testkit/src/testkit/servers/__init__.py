"""The servers that tests run on: found, or started with data of their own."""
