"""What processes that meet do."""
