"""A plugin that breaks its contract in a way the engine can tell: its hook returns something that is no kind."""

from grantengine import hookimpl


@hookimpl
def grantengine_criterion_kinds() -> list[str]:
    return ["languages"]
