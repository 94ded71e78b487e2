"""How fast malus is against what a user would otherwise write; `python -m benchmarks <name> --json FILE`."""
