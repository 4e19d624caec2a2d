"""Archives: what is kept of all that was tried.

cells   MAP-Elites: the best program of every niche
"""
