"""Floor 1: what a verdict costs or allows: bands, credits, caps, rights, claims, ladders."""
