"""How a ledger's tables came to be, forward only; run by malus.ledger.migration."""
