"""The mail server that sends: its address as a setting, and one conversation with it."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTPUTF8
from urllib.parse import unquote, urlsplit

from grantengine import DeliveryRefused, PluginError

SECONDS = 15
"""How long the server may take for each of its answers; all of them together stay within a worker's lease."""
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
SIGN_IN_FIRST = 530


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. ``scheme``: ``smtp`` (plain), ``smtp+starttls``, ``smtps``."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    def send(self, email: EmailMessage) -> None:
        """Hand over one e-mail with one receiver.

        :raises DeliveryRefused: the server will never take anything for this receiver.
        :raises OSError: the server can not be reached, or will not take it now.
        """
        connection = self._connect()
        try:
            self._hand_over(connection, email)
        finally:
            # What has been accepted is sent, however the server says goodbye.
            with suppress(OSError):
                connection.quit()
            connection.close()

    def _hand_over(self, connection: smtplib.SMTP, email: EmailMessage) -> None:
        if self.scheme == "smtp+starttls":
            connection.starttls(context=ssl.create_default_context())
        if self.user:
            connection.login(self.user, self.password)
        try:
            _send(connection, email)
        except smtplib.SMTPRecipientsRefused as error:
            (code, words) = next(iter(error.recipients.values()))
            said = f"{code} {words.decode(errors='replace')}"
            if 500 <= code < 600 and code != SIGN_IN_FIRST:
                raise DeliveryRefused(said) from error
            raise OSError(said) from error

    def _connect(self) -> smtplib.SMTP:
        if self.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)


def _send(connection: smtplib.SMTP, email: EmailMessage) -> None:
    # Not `send_message`, which writes «>From» where a line begins with «From».
    (sender,), (receiver,) = email["From"].addresses, email["To"].addresses
    if (sender.addr_spec + receiver.addr_spec).isascii():
        connection.sendmail(sender.addr_spec, receiver.addr_spec, email.as_bytes())
        return
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError("the server takes no addresses with letters beyond ASCII")
    options = ["SMTPUTF8", "BODY=8BITMIME"]
    connection.sendmail(sender.addr_spec, receiver.addr_spec, email.as_bytes(policy=SMTPUTF8), options)


def server_of(address: str) -> Server:
    """The server that the setting names.

    :raises PluginError: ``smtp-url``; the password is not told.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS[parts.scheme]
        host = parts.hostname
    except (ValueError, KeyError):
        host = None
    if not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise PluginError("mail", "smtp-url", setting="GRANTENGINE_SMTP_URL", got=address.rsplit("@", maxsplit=1)[-1])
    return Server(parts.scheme, host, port, unquote(parts.username or ""), unquote(parts.password or ""))
