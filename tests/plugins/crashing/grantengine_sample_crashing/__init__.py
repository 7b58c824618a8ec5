"""A plugin that can not even be imported."""

raise RuntimeError("the licence server did not answer")
