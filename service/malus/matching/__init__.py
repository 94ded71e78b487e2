"""Floor 2: which consequences follow from which facts; durable-rules lives here and nowhere else."""
