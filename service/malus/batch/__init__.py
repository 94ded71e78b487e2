"""Floor 3: many events of many agreements from Parquet, folded at once and judged by the one judgement."""
