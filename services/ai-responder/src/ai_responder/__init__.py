"""ai-responder: assistants and what they answer.

Decides what an assistant says to a turn of a conversation, and owns the assistants (prompt, knowledge, limits) and the
runs. It never sends anything: an answer is a `reply.drafted`, and whether it is still wanted is conversation's to say.
"""
