"""Each outbound SMS and its fate: when it may leave, that it leaves once, and what became of it.

Owns the lanes (one per our number and contact), the record of every outbound message, pacing, the suppression list as
sender must know it, and withdrawals. Decides nothing about what is worth saying.
"""
