"""Verifies carrier webhooks, finds the tenant and makes events of them.

Owns copies of the number and connection directories, the spool (events that wait for the broker), and the webhooks for
numbers without an owner. Publishes `sms.inbound` and `sms.receipt`. Answers the carrier only when they are stored.
"""
