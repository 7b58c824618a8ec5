"""Scheme + form + registry to a Plan, or every problem of the scheme."""
