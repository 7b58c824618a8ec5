"""The store: everything that is kept, in SQLite or PostgreSQL, one transaction at a time."""
