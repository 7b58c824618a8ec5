"""Applicants: their organisation, what they write, and what becomes of it."""

from __future__ import annotations

from flask import Blueprint

applicant = Blueprint("applicant", __name__)
