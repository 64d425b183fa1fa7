"""E-mail: what is to be sent, and the one way of sending it, SMTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Protocol

import aiosmtplib

from api.errors import MailNotSent
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message; its media type is such as text/csv."""

    filename: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one address, as text and, if wanted, as HTML beside it."""

    to: str
    subject: str
    text: str
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail) -> None:
        """Hand a message on. Raises MailNotSent."""
        ...


@dataclass(frozen=True, slots=True)
class SMTPMailer:
    """Hands each message to one SMTP server. `security` is tls, starttls or none."""

    host: str
    port: int
    username: str
    password: str
    security: str
    sender: str
    timeout: float

    async def send(self, mail: Mail) -> None:
        """Return once the server has taken the message. Raises MailNotSent."""
        try:
            await aiosmtplib.send(
                self._message(mail),
                hostname=self.host,
                port=self.port,
                username=self.username or None,
                password=self.password or None,
                use_tls=self.security == "tls",
                start_tls=self.security == "starttls",
                timeout=self.timeout,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailNotSent(f"{type(error).__name__}: {error}") from error

    def _message(self, mail: Mail) -> EmailMessage:
        """The message; a line break in an address or a subject is a ValueError."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, mail.to, mail.subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=parseaddr(self.sender)[1].partition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        for name, value in mail.headers.items():
            message[name] = value
        message.set_content(mail.text)
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html")
        for each in mail.attachments:
            main, _, sub = each.media_type.partition("/")
            message.add_attachment(each.data, maintype=main, subtype=sub, filename=each.filename)
        return message


def mailer_of(settings: Settings) -> Mailer | None:
    """The mailer of the settings; None where no SMTP server is set."""
    if not settings.smtp_host:
        return None
    return SMTPMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password,
        security=settings.smtp_security,
        sender=settings.smtp_from,
        timeout=settings.smtp_timeout,
    )
