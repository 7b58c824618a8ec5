"""Scheme to form: JSON Schema, order, visibility, burden; and answers checked against it."""
