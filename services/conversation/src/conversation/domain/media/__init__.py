"""Pictures and files of messages: which are taken, how one is loaded, how they are described."""
