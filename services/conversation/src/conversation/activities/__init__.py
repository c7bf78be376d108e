"""What customers did on other channels (voice, chat, e-mail), as other systems reported it."""
