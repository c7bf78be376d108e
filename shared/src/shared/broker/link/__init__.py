"""A broker that lives in another process of the same machine, used over a socket."""
