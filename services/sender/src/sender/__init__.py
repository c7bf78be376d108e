"""Each outbound SMS and its fate"""
