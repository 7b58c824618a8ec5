"""Questions as fields on a page: which kind of field each is, what stands in it, and what was written in it."""
