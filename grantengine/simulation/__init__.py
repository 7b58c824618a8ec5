"""Scenarios and synthetic populations."""
