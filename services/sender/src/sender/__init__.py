"""Sends each outbound SMS at most once, at an hour and pace that are allowed, and records its outcome.

Owns the lanes (one per our number and contact), the record of every outbound message, pacing, the suppression list as
sender must know it, and withdrawals. Decides nothing about what is worth saying.
"""
