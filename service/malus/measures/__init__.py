"""Floor 1: indicator kernels, from columns of events to exact numerators and denominators. Judges nothing."""
