"""The language of rules: text to checked syntax tree, with no engine behind it."""
