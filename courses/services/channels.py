"""Ways by which a message leaves by itself. One more is a `Sender`, a row in `CHANNELS` and a
name in `courses.constants.choices.Channel`; `Digest.channel` says whom it is for."""

import smtplib
from contextlib import suppress
from email.utils import formatdate
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.utils.translation import gettext as _

from courses.constants.choices import Channel

#: A server that says nothing for so long counts as gone.
SECONDS = 20
DONE, FORWARDED, REFUSED = 250, 251, range(400, 600)


class NotSent(Exception):
    """Surely nothing has left; `sentence` says why. `for_all`: no other message would fare better now."""

    def __init__(self, sentence: str, *, for_all: bool = False):
        super().__init__(sentence)
        self.sentence, self.for_all = sentence, for_all


class Sender(Protocol):
    """Open while messages are sent. Any exception of `send` but `NotSent`: nobody knows whether the message arrived.
    `key` is the message's own: a channel that can tells the same message by it."""

    def send(self, address: str, subject: str, text: str, *, key: str) -> None: ...

    def close(self) -> None: ...


class Email:
    """Plain text in UTF-8 by the server of EMAIL_URL."""

    def __init__(self) -> None:
        self.connection = get_connection(timeout=SECONDS)
        self.is_open = False

    def send(self, address: str, subject: str, text: str, *, key: str) -> None:
        if not settings.EMAIL_USED:
            raise NotSent(_("No e-mail is sent from here: EMAIL_URL is not set."), for_all=True)
        mail = _mail(address, subject, text, key)
        self._open()
        if isinstance(self.connection, EmailBackend):
            self._hand_over(address, mail)
        else:
            self.connection.send_messages([mail])

    def close(self) -> None:
        self.is_open = False
        with suppress(OSError, smtplib.SMTPException):
            self.connection.close()

    def _open(self) -> None:
        if self.is_open:
            return
        try:
            self.connection.open()
        except smtplib.SMTPAuthenticationError:
            sentence = _("The mail server did not accept the name or password of EMAIL_URL.")
            raise NotSent(sentence, for_all=True) from None
        except (OSError, smtplib.SMTPException, ValueError):  # it, or the password, cannot be read
            raise NotSent(_("The mail server could not be reached."), for_all=True) from None
        self.is_open = True

    def _hand_over(self, address: str, mail: EmailMessage) -> None:
        """As `smtplib.sendmail`, which does not say whether the text had begun to leave when the line went dead."""
        server = self.connection.connection
        try:
            encoding = mail.encoding or settings.DEFAULT_CHARSET
            sender, to = sanitize_address(mail.from_email, encoding), sanitize_address(address, encoding)
            content = mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            server.ehlo_or_helo_if_needed()
            self._asked(server.mail(sender))
            self._asked(server.rcpt(to), address)
        except (OSError, smtplib.SMTPException, ValueError):
            self.close()
            raise NotSent(_("The mail server went away before the message was handed over.")) from None
        except NotSent:
            self._begin_anew(server)
            raise
        try:
            code, _words = server.data(content)
        except smtplib.SMTPDataError:  # said before the text
            self._begin_anew(server)
            raise NotSent(_("The mail server refused the message.")) from None
        except Exception:
            self.close()
            raise
        if code in REFUSED:
            self._begin_anew(server)
            raise NotSent(_("The mail server refused the message."))
        if code != DONE:  # neither yes nor no: it may have taken it
            self.close()
            raise smtplib.SMTPResponseException(code, "")

    def _asked(self, reply: tuple[int, bytes], address: str = "") -> None:
        if reply[0] in (DONE, FORWARDED):
            return
        # What the server says is in a language and words of its own.
        raise NotSent(
            _("The mail server does not take messages for this address (%(code)d).") % {"code": reply[0]}
            if address
            else _("The mail server refused the message.")
        )

    def _begin_anew(self, server: smtplib.SMTP) -> None:
        try:
            server.rset()
        except (OSError, smtplib.SMTPException):
            self.close()


#: What a message is put into the outbox for; every other one is told by a person.
CHANNELS: dict[str, type[Sender]] = {Channel.EMAIL: Email}


def _mail(address: str, subject: str, text: str, key: str) -> EmailMessage:
    """No name stands in a header: From is the site's own address. The same message has the same Message-ID for ever."""
    host = urlsplit(settings.SITE_URL).hostname
    headers = {
        "Message-ID": f"<{key}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Date": formatdate(localtime=False),
    }
    return EmailMessage(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)
