"""The wire: messages in and out, one error table, and the server; what is asked for is done by operations."""
