"""The web: server-rendered pages for applicants, case handlers and scheme reviewers."""
