"""A scheme file: reading it with positions, its model, its versions, and what documents its format."""
