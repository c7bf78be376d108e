"""The business of answering: runs and their turns, prompts, what counts as an answer. Pure: no I/O, clock or chance."""
