"""Files are looked at by a scanner, where a plugin brings one, before anyone of the authority opens them."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from grantengine.errors import NotFoundError
from grantengine.records import By
from grantengine.services.access import check_system
from grantengine.services.messages import receiver_of, send
from grantengine.store.tables.applications import Attachment

if TYPE_CHECKING:
    from grantengine.bootstrap import Engine
    from grantengine.store.unit_of_work import Work

log = logging.getLogger("grantengine.hooks")

HOOK = "grantengine_scan"
SCAN = "scan-file"
"""The kind of work that scans a file later."""
CLEAN, REFUSED, UNSCANNED = "clean", "refused", "unscanned"
VERDICTS = {"clean": CLEAN, "infected": REFUSED, "unknown": UNSCANNED, None: UNSCANNED}
LATER = timedelta(minutes=1)
"""How long after a scanner gave no answer it is asked again; then as other work that fails."""


class NotScannedYet(Exception):
    """No scanner has given an answer; the worker tries again."""


def has_scanner(engine: Engine) -> bool:
    """Whether any plugin scans files."""
    return bool(engine.registry.moments.get(HOOK))


def is_held(engine: Engine, scan: str) -> bool:
    """Whether a file must not be opened by others than those who brought it: it is waiting for a scanner, or refused."""
    return scan == REFUSED or (scan == UNSCANNED and has_scanner(engine))


def verdict_of(engine: Engine, file_name: str, media_type: str, content: bytes) -> str:
    """What scanners say of a file, first to be asked first: the first that knows decides. None of them: ``unscanned``.

    A scanner that crashes, or gives something else, is logged with its name and counts as one that does not know.
    """
    for plugin, scan in engine.registry.moments.get(HOOK, ()):
        try:
            said: Any = scan(
                file_name=file_name, media_type=media_type, content=content, settings=engine.settings.plugins
            )
        except OSError as error:  # a scanner that is down is everyday life
            log.warning("plugin %s: a file is not scanned: %s: %s", plugin, type(error).__name__, error)
            continue
        except Exception:  # whatever a stranger's code raises, the file is kept
            log.exception("plugin %s: %s", plugin, HOOK)
            continue
        if not isinstance(said, str | None) or said not in VERDICTS:
            log.error("plugin %s: %s gave %.40r, not clean, infected or unknown", plugin, HOOK, said)
        elif VERDICTS[said] != UNSCANNED:
            return VERDICTS[said]
    return UNSCANNED


def scan_file(engine: Engine, by: By, attachment_id: str) -> str:
    """Scan a file that waits for it; what became of it. Whoever brought one that is refused is told.

    :raises NotFoundError: ``attachment-not-found``.
    :raises NotScannedYet: no scanner gives an answer now.
    """
    check_system(by)
    with engine.store.read() as reading:
        row = reading.parts.attachment(attachment_id)
        content = reading.parts.content(attachment_id) if row and row.scan == UNSCANNED else None
    if row is None:
        raise NotFoundError("attachment-not-found")
    if content is None or row.removed_at is not None:
        return row.scan
    verdict = verdict_of(engine, row.file_name, row.media_type, content)
    if verdict == UNSCANNED:
        raise NotScannedYet(f"no scanner knows of file {attachment_id}")
    with engine.store.work(by) as work:
        application = work.applications.get(row.application_id, lock=True)
        file = work.parts.attachment(attachment_id)
        if application is None or file is None or file.scan != UNSCANNED:
            return verdict  # another worker was first, or it has been erased
        file.scan = verdict
        work.record("file-refused" if verdict == REFUSED else "file-scanned", application, attachment=file.id)
        added = work.users.get(file.added_by)
        if verdict == REFUSED and added is not None:
            send(
                engine, work, receiver_of(added), "file-refused", about=application.id, name=added.name,
                file=file.file_name, number=application.number,
                url=f"{engine.settings.url}/applications/{application.id}",
            )  # fmt: skip
    return verdict


def queue_scans(engine: Engine, by: By) -> int:
    """Queue a scan of every file that waits for one, such as those that came before there was a scanner; how many."""
    check_system(by)
    if not has_scanner(engine):
        return 0
    with engine.store.work(by) as work:
        waiting = work.parts.waiting_for_scan()
        for id in waiting:
            work.jobs.add(work.new_id(), SCAN, id, by.at)
    return len(waiting)


def queue_scan(engine: Engine, work: Work, file: Attachment) -> None:
    """Have a file that no scanner could be asked about scanned later."""
    if file.scan == UNSCANNED and has_scanner(engine):
        at = work.by.at
        work.jobs.add(work.new_id(), SCAN, file.id, at, due_at=at + LATER)
