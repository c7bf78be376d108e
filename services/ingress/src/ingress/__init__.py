"""Which carrier webhooks are genuine, and whose they are.

Owns its copies of the number and connection directories, a spool for while the broker is away, and what was genuine
but for nobody. Publishes `sms.inbound` and `sms.receipt`; answers the carrier only when they are safe somewhere.
"""
