"""What is remembered: events, decisions, clocks and acknowledgements, durable before anything is acknowledged."""
