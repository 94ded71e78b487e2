"""Floor 3: one module for each thing a user can ask. Files are read here and on no lower floor."""
