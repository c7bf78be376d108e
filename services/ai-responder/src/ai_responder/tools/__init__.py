"""What an assistant may do beside answering: a small safe set, chosen for each version of it.

The model proposes by tool calls; everything it writes is checked here. What passes goes out with the answer as `acts`,
and conversation does it in the save that sends the answer.
"""
