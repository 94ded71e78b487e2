"""Floor 0: immutable values of an agreement, of what happened and of what follows. Standard library only."""
