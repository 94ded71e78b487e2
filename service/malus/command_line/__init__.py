"""Floor 5: the commands of malus, their words and their exit codes. Judges nothing."""
