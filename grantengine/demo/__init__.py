"""A world made up for showing: authorities, organisations, calls and applications, all made through the services."""
