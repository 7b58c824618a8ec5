"""The plugin that sends e-mail, against a real mail server."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from mailbox_server import Mailbox, knows, tls

from grantengine import DeliveryRefused, MessageAttachment, OutgoingMessage, PluginError
from grantengine_plugins.mail import grantengine_deliver
from grantengine_plugins.mail.server import PORTS, server_of

MADE = datetime(2027, 1, 20, 12, 0, 5, tzinfo=UTC)
MESSAGE = OutgoingMessage(
    "01abc", "email", "kare@example.org", "nb", "Søknaden «Språkkafé på Tøyen» er mottatt – nr. 1",
    "Hei Åse Ørbæk,\n\nsøknaden er mottatt: https://example.org/" + "x" * 150 + "\n.\nFrom æøå\n", MADE,
)  # fmt: skip
FROM = "Tilskudd på nett <tilskudd@tilskudd.example>"
CALENDAR = MessageAttachment(
    "møte.ics", "text/calendar; method=REQUEST; charset=utf-8", "BEGIN:VCALENDAR\r\nSUMMARY:Møte på Tøyen\r\n".encode()
)
IMAGE = MessageAttachment("Kart til " + "blåbærsyltetøy " * 10 + ".png", "image/png", bytes(range(256)) * 20)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    box.start()
    yield box
    box.stop()


def test_a_message_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    settings = {"smtp_url": mailbox.url, "mail_from": FROM}
    assert grantengine_deliver(MESSAGE, settings) is True
    assert grantengine_deliver(MESSAGE, settings) is True
    mail, again = mailbox.mails
    assert mail.as_bytes() == again.as_bytes()
    assert mail["From"] == FROM
    assert mail["To"] == "kare@example.org"
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Message-ID"] == "<01abc@tilskudd.example>"
    assert mail["X-Grantengine-Message"] == "01abc"
    assert mail["Content-Language"] == "nb"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(mail["Date"]) == MADE
    assert mail.get_content().replace("\r\n", "\n") == MESSAGE.body
    assert mail.get_content_type() == "text/plain"


def test_answers_go_to_the_person_who_wrote(mailbox: Mailbox, capsys: pytest.CaptureFixture[str]) -> None:
    written = replace(MESSAGE, reply_to="kåre@tøyen.example".replace("å", "a"))
    assert grantengine_deliver(written, {"smtp_url": mailbox.url, "mail_from": FROM}) is True
    assert grantengine_deliver(MESSAGE, {"smtp_url": mailbox.url, "mail_from": FROM}) is True
    mail, other = mailbox.mails
    assert (mail["Reply-To"], mail["From"], other["Reply-To"]) == ("kare@xn--tyen-gra.example", FROM, None)
    assert grantengine_deliver(written, {}) is True
    assert "Reply-To: kare@tøyen.example\n" in capsys.readouterr().out


@pytest.mark.parametrize("sly", ["a@b.example\nBcc: x@y.example", "a@b.example, x@y.example", "no address"])
def test_an_address_for_answers_that_is_none_is_left_out(mailbox: Mailbox, sly: str) -> None:
    assert grantengine_deliver(replace(MESSAGE, reply_to=sly), {"smtp_url": mailbox.url, "mail_from": FROM}) is True
    [mail] = mailbox.mails
    assert (mail["Reply-To"], mail["Bcc"]) == (None, None)


def test_files_arrive_as_they_were(mailbox: Mailbox) -> None:
    settings = {"smtp_url": mailbox.url, "mail_from": FROM}
    sent = replace(MESSAGE, attachments=(CALENDAR, IMAGE))
    assert grantengine_deliver(sent, settings) is True
    assert grantengine_deliver(sent, settings) is True
    mail, again = mailbox.mails
    assert mail.as_bytes() == again.as_bytes()
    assert (mail["Subject"], mail["Message-ID"]) == (MESSAGE.subject, "<01abc@tilskudd.example>")
    assert (mail["Content-Language"], mail.get_content_type()) == ("nb", "multipart/mixed")
    body, calendar, image = mail.iter_parts()
    assert body.get_content_type() == "text/plain"
    assert body.get_content().replace("\r\n", "\n") == MESSAGE.body
    assert calendar["Content-Type"].content_type == "text/calendar"
    assert dict(calendar["Content-Type"].params) == {"method": "REQUEST", "charset": "utf-8"}
    assert image["Content-Type"] == "image/png"
    for part, attachment in ((calendar, CALENDAR), (image, IMAGE)):
        assert part.get_filename() == attachment.file_name
        assert part.get_content_disposition() == "attachment"
        assert part.get_payload(decode=True) == attachment.content
    assert max(map(len, mail.as_bytes().splitlines())) <= 78


def test_files_arrive_where_the_address_has_norwegian_letters() -> None:
    box = Mailbox(enable_SMTPUTF8=True)
    box.start()
    settings = {"smtp_url": box.url, "mail_from": FROM}
    try:
        grantengine_deliver(replace(MESSAGE, address="kåre@tøyen.no", attachments=(CALENDAR,)), settings)
    finally:
        box.stop()
    [calendar] = box.mails[0].iter_attachments()
    assert (calendar.get_filename(), calendar.get_payload(decode=True)) == ("møte.ics", CALENDAR.content)


@pytest.mark.parametrize(
    ("media_type", "arrives"),
    [
        ("application/pdf", "application/pdf"),
        ("TEXT/Calendar; Method=CANCEL", 'text/calendar; method="CANCEL"'),
        ("", "application/octet-stream"),
        ("pdf", "application/octet-stream"),
        ("image/png\r\nX-Bad: yes", "application/octet-stream"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed; boundary=x", "application/octet-stream"),
    ],
)
def test_what_a_file_says_of_itself(mailbox: Mailbox, media_type: str, arrives: str) -> None:
    sly = MessageAttachment("a.pdf\r\nX-Worse: yes", media_type, b"From here\r\n.\r\n")
    grantengine_deliver(replace(MESSAGE, attachments=(sly,)), {"smtp_url": mailbox.url, "mail_from": FROM})
    [mail] = mailbox.mails
    [part] = mail.iter_attachments()
    assert part["Content-Type"] == arrives
    assert part.get_filename() == "a.pdf X-Worse: yes"
    assert part.get_payload(decode=True) == b"From here\r\n.\r\n"
    assert {"x-bad", "x-worse"} & {key.lower() for one in (mail, part) for key in one} == set()


def test_a_file_without_a_name(mailbox: Mailbox) -> None:
    nameless = replace(MESSAGE, attachments=(replace(CALENDAR, file_name="\n"),))
    grantengine_deliver(nameless, {"smtp_url": mailbox.url, "mail_from": FROM})
    [part] = mailbox.mails[0].iter_attachments()
    assert (part.get_filename(), part["Content-Disposition"]) == (None, "attachment")


@pytest.mark.parametrize("answer", ["550 No such user", "553 Bad mailbox"])
def test_a_receiver_that_is_refused_for_good(mailbox: Mailbox, answer: str) -> None:
    mailbox.answers[MESSAGE.address] = answer
    with pytest.raises(DeliveryRefused, match=answer):
        grantengine_deliver(MESSAGE, {"smtp_url": mailbox.url, "mail_from": FROM})
    assert mailbox.mails == []


@pytest.mark.parametrize("answer", ["450 Greylisted", "530 Authentication required"])
def test_a_receiver_that_is_refused_for_now(mailbox: Mailbox, answer: str) -> None:
    mailbox.answers[MESSAGE.address] = answer
    with pytest.raises(OSError, match=answer):
        grantengine_deliver(MESSAGE, {"smtp_url": mailbox.url, "mail_from": FROM})


def test_a_server_that_is_down_is_an_error_of_the_system(mailbox: Mailbox) -> None:
    mailbox.stop()
    with pytest.raises(OSError, match="refused"):
        grantengine_deliver(MESSAGE, {"smtp_url": mailbox.url, "mail_from": FROM})


def test_a_server_that_says_an_ill_goodbye_has_taken_the_message(mailbox: Mailbox) -> None:
    def leave() -> None:
        raise ConnectionResetError

    mailbox.when_it_leaves = leave
    assert grantengine_deliver(MESSAGE, {"smtp_url": mailbox.url, "mail_from": FROM}) is True
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_nothing_in_a_subject_begins_a_header(mailbox: Mailbox, newline: str) -> None:
    bad = replace(MESSAGE, subject=f"Hei{newline}Bcc: everyone@example.org", language=f"nb{newline}X-Bad: yes")
    name = f"Tilskudd{newline}X-Worse: yes <tilskudd@tilskudd.example>"
    grantengine_deliver(bad, {"smtp_url": mailbox.url, "mail_from": name})
    [mail] = mailbox.mails
    assert mail["Subject"] == "Hei Bcc: everyone@example.org"
    assert {"bcc", "x-bad", "x-worse"} & {key.lower() for key in mail} == set()
    assert mail["To"] == "kare@example.org"


@pytest.mark.parametrize(
    "address",
    [
        "a@b.no\r\nBcc: c@d.no",
        "a@b.no\nRCPT TO:<c@d.no>",
        "a@b.no, c@d.no",
        "a b@c.no",
        "<a@b.no>",
        "a",
        "",
        "a@b@c.no",
    ],
)
def test_what_is_no_address_is_refused_before_anyone_is_asked(mailbox: Mailbox, address: str) -> None:
    with pytest.raises(DeliveryRefused, match="not an address"):
        grantengine_deliver(replace(MESSAGE, address=address), {"smtp_url": mailbox.url, "mail_from": FROM})
    assert mailbox.mails == []


def test_a_domain_with_norwegian_letters(mailbox: Mailbox) -> None:
    grantengine_deliver(replace(MESSAGE, address="post@tøyen.no"), {"smtp_url": mailbox.url, "mail_from": FROM})
    assert mailbox.mails[0]["To"] == "post@xn--tyen-gra.no"


def test_an_address_with_norwegian_letters() -> None:
    for takes in (True, False):
        box = Mailbox(enable_SMTPUTF8=takes)
        box.start()
        settings = {"smtp_url": box.url, "mail_from": FROM}
        try:
            if takes:
                grantengine_deliver(replace(MESSAGE, address="kåre@tøyen.no"), settings)
                assert box.mails[0]["To"] == "kåre@xn--tyen-gra.no"
                assert box.mails[0]["Subject"] == MESSAGE.subject
            else:
                with pytest.raises(OSError, match="beyond ASCII"):
                    grantengine_deliver(replace(MESSAGE, address="kåre@tøyen.no"), settings)
        finally:
            box.stop()


@pytest.mark.parametrize(
    "url",
    [
        "localhost:25",
        "http://localhost",
        "smtp://",
        "smtp://host:port",
        "smtp://host/path",
        "smtp://u:secret@host:99999",
    ],
)
def test_a_bad_server_address_names_the_setting_and_not_the_password(url: str) -> None:
    with pytest.raises(PluginError) as raised:
        grantengine_deliver(MESSAGE, {"smtp_url": url, "mail_from": FROM})
    assert (raised.value.plugin, raised.value.code) == ("mail", "smtp-url")
    assert raised.value.params["setting"] == "GRANTENGINE_SMTP_URL"
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("mail_from", ["", "Tilskudd", "a@b, c@d"])
def test_without_a_sender_the_setting_is_named(mail_from: str) -> None:
    with pytest.raises(PluginError) as raised:
        grantengine_deliver(MESSAGE, {"smtp_url": "smtp://127.0.0.1:9", "mail_from": mail_from})
    assert (raised.value.code, raised.value.params["setting"]) == ("mail-from", "GRANTENGINE_MAIL_FROM")


def test_addresses_of_servers() -> None:
    assert {scheme: server_of(f"{scheme}://host").port for scheme in PORTS} == PORTS
    found = server_of("smtp+starttls://mail%40here:p%2Fw%3A@[::1]:2525")
    assert (found.host, found.port, found.user, found.password) == ("::1", 2525, "mail@here", "p/w:")


def test_without_a_server_the_message_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    shown = replace(MESSAGE, subject="Hei\nBcc: x", body="Linje 1\nLinje 2 \x1b[2J\x07")
    assert grantengine_deliver(shown, {}) is True
    head = "To: kare@example.org\nSubject: Hei Bcc: x\nX-Grantengine-Message: 01abc\n"
    assert capsys.readouterr().out == f"{head}\nLinje 1\nLinje 2 [2J\n\n{'-' * 40}\n"


def test_files_are_named_where_the_message_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    sly = replace(CALENDAR, file_name="kart\nBcc: x\x1b[2J.png")
    assert grantengine_deliver(replace(MESSAGE, attachments=(CALENDAR, sly)), {}) is True
    head, _ = capsys.readouterr().out.split("\n\n", maxsplit=1)
    assert head.splitlines()[2:] == [
        "X-Grantengine-Message: 01abc",
        "Attachment: møte.ics",
        "Attachment: kart Bcc: x[2J.png",
    ]


def test_other_channels_are_for_other_plugins(capsys: pytest.CaptureFixture[str]) -> None:
    assert grantengine_deliver(replace(MESSAGE, channel="sms"), {}) is None
    assert capsys.readouterr().out == ""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for 127.0.0.1 and its key."""
    assert shutil.which("openssl"), "install the system's package openssl: the tests make a certificate with it"
    folder = tmp_path_factory.mktemp("tls")
    files = str(folder / "certificate.pem"), str(folder / "key.pem")
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-out",
        files[0],
        "-keyout",
        files[1],
    ]
    subprocess.run([*made, *names], check=True, capture_output=True)
    return files


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_server_that_is_spoken_to_in_secret(
    scheme: str, certificate: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tls(*certificate)
    options = {"tls_context": secret, "require_starttls": True, "auth_required": True}
    if scheme == "smtps":
        options = {"ssl_context": secret, "auth_require_tls": False}  # what this server calls TLS is STARTTLS
    box = Mailbox(authenticator=knows("post", "hemmelig"), **options)
    box.start()
    settings = {"mail_from": FROM, "smtp_url": f"{scheme}://post:hemmelig@127.0.0.1:{box.port}"}
    try:
        with pytest.raises(OSError, match="certificate verify failed"):
            grantengine_deliver(MESSAGE, settings)
        monkeypatch.setenv("SSL_CERT_FILE", certificate[0])
        with pytest.raises(OSError, match="535"):
            grantengine_deliver(MESSAGE, {**settings, "smtp_url": settings["smtp_url"].replace("hemmelig", "feil")})
        assert grantengine_deliver(MESSAGE, settings) is True
    finally:
        box.stop()
    assert len(box.mails) == 1
