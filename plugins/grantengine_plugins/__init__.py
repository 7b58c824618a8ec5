"""The plugins that come with grantengine, each written as a stranger would write one."""
