"""What the system does for people, one verb a file."""
