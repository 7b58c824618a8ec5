"""Letters and case papers: data in, HTML out; no store and no clock."""
