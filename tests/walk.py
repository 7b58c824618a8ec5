"""Every service that works on the store, each with a small scene in which it does what it is for.

A new service gets a scene in one of the files ``walk_*.py``, marked ``changes`` if it changes something and ``reads`` if it
does not (``stage.py``), or stands in ``APART`` with the reason where neither fits.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from stage import CHANGES, READS, SCENES, Call, Case, Scene, Stage

__all__ = ["APART", "CHANGES", "READS", "SCENES", "Call", "Case", "Scene", "Stage"]

APART = {
    "reads.keep_read": "writes the log of reads, which is no part of the trail",
    "reads.keep_exported": "the same, for many cases",
    "seal_audit.seal_audit": "writes seals, which are about the trail",
    "deliver_outbox.deliver_outbox": "carries out what events have told",
    "run_jobs.run_jobs": "carries out work that events have told of; the work tells its own",
    "run_jobs.queue_retries": "queues work",
    "ask_by_mail.ask_by_mail": "queues work, the same for every address, and counts that it was asked",
    "change_password.check_own_password": "counts that it was tried; part of services that tell what they do",
    "keep_view.keep_view": "keeps what is of use to one person alone",
    "keep_view.remove_view": "the same",
    "clear_sign_ins.clear_sign_ins": "removes sessions that have ended, and counts that no longer matter",
    "scan_file.queue_scans": "queues work",
    "tell_alerts.tell_alerts": "tells what an organisation has asked for, and keeps for whom that is done",
}
"""Services that change rows which are no part of an aggregate."""

for _file in sorted(Path(__file__).parent.glob("walk_*.py")):
    importlib.import_module(_file.stem)
