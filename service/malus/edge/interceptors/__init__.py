"""What every call passes on its way in and out: the caller, the slots, the log line, the error table."""
