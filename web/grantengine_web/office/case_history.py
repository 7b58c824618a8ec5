"""What was handed in of a case, and any two of it compared."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from grantengine.services.see_case_history import see_case_history
from grantengine_web import here
from grantengine_web.access import Who, open_to
from grantengine_web.applicant.changed import changed
from grantengine_web.applicant.history import place_in
from grantengine_web.applicant.reading import file_address, file_size
from grantengine_web.office import office
from grantengine_web.office.desk import DECIDERS


@office.get("/cases/<id>/history")
@open_to(Who.SIGNED_IN, *DECIDERS)
def case_history(id: str) -> ResponseReturnValue:
    """The states that were handed in, and two of them compared."""
    places = [place_in(request.args.get(name, "")) for name in ("from", "to")]
    first, second = sorted(one for one in places if one is not None) if None not in places else (None, None)
    seen = see_case_history(here.engine(), here.by(), id, first, second)
    changes = None
    if seen.changes is not None:
        changes = [changed(one, seen.questions.get(one.field), seen.files, seen.currency) for one in seen.changes]
    return render_template(
        "office/case/history.html", seen=seen, desk=seen.desk, changes=changes, file_size=file_size, address=file_address
    )  # fmt: skip
