"""What people of the authority keep for themselves beside the lists that they work from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grantengine.store.base import Base
from grantengine.store.columns import ID, KEY, refers


class SavedView(Base, kw_only=True):
    """A person's own choice of the cases of a call, by name: ``query`` is the filters as the address of the list has them."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "call_id", "name"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ID, refers("users.id"))
    call_id: Mapped[str] = mapped_column(ID, refers("calls.id"))
    name: Mapped[str] = mapped_column(KEY)
    query: Mapped[str]
    made_at: Mapped[datetime]
