"""The bill of materials: what one answered text costs in events, handlings, reads, writes, commits and processor time.

The whole installation runs in this process with thin counting layers around broker and databases. Texts go through it
one at a time, and the next one begins when nothing of the last one is under way any more.
"""
