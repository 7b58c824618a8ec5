"""Plugin hooks: signatures, base classes, registry and loading."""
