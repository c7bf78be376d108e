"""The clock on a recipient's wall, from their phone number.

Here because two services must decide alike: sender holds back a text outside the recipient's hours, and campaigns says
beforehand when it will leave.
"""
