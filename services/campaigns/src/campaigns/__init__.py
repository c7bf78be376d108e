"""campaigns owns campaigns, their recipients and imports, and workflows with their runs. It decides who is texted, when
and with what words, and counts who was reached, replied or opted out. sender sends, and decides at which pace.
"""
