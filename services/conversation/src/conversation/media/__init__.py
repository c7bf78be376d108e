"""Pictures and files of messages: fetched from the carrier, uploaded to be sent, served, and deleted in time."""
