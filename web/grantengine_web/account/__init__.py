"""Accounts: signing in and out, making an account, links from messages, what is known of oneself."""

from __future__ import annotations

from flask import Blueprint

account = Blueprint("account", __name__)
