"""Floor 1: the text of a rule file becomes located nodes, documents, Terms and diagnostics. Opens no file."""
