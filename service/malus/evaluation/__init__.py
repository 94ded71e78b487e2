"""Floor 2: the whole judgement in reading order; start at evaluate.py. Remembers nothing."""
