"""The table of every setting. Flags, variables, help and the operators' page come from it."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from api.settings import kinds
from api.settings.kinds import Kind
from api.settings.rates import DEFAULT, rates

MIB = 2**20
GIB = 2**30
MINUTE = 60
HOUR = 3600
DAY = 86400


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: its name, its default as it is written, its kind and its explanation."""

    name: str
    default: str
    kind: Kind
    group: str
    explanation: str
    secret: bool

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"LYCEUM_{self.name.upper()}"

    @property
    def flag(self) -> str:
        """The flag of `lyceum serve` that sets it."""
        return "--" + self.name.replace("_", "-")


def _row(group: str, default: str, kind: Kind, explanation: str, *, secret: bool = False) -> Any:
    metadata = {"row": (default, kind, group, explanation, secret)}
    return field(default=kind.parse(default), metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one server runs with. Durations are seconds, sizes are bytes."""

    host: str = _row(
        "Addresses",
        "127.0.0.1",
        kinds.text("an address or host name of this machine, such as 0.0.0.0", r"[\w.:\-]+"),
        "The address to listen on. 0.0.0.0 means every network of this machine.",
    )
    port: int = _row(
        "Addresses", "8080", kinds.port(), "The port of the pages, the REST API and xAPI."
    )
    content_port: int = _row(
        "Addresses",
        "8081",
        kinds.port(),
        "The port of the content origin: the player and the files of packages, apart from the "
        "pages so that content never sees a session.",
    )
    public_url: str = _row(
        "Addresses",
        "",
        kinds.optional(kinds.web_address()),
        "The address by which people reach the server. Empty: made from host and port. The one of "
        "the first start names people in statements for good.",
    )
    content_url: str = _row(
        "Addresses",
        "",
        kinds.optional(kinds.web_address()),
        "The address by which browsers reach the content origin; another host name than the "
        "public URL's in production. Empty: made from host and content port.",
    )
    trusted_proxies: int = _row(
        "Addresses",
        "0",
        kinds.whole_number(0, 16),
        "How many proxies in front of the server add to X-Forwarded-For; 0 ignores the header.",
    )
    workers: int = _row(
        "Processes",
        "1",
        kinds.whole_number(1, 64),
        "How many processes serve requests; one for each core is a good number.",
    )
    drain: int = _row(
        "Processes",
        "10s",
        kinds.duration(0, HOUR),
        "How long a stopping server lets running requests finish.",
    )
    data: Path = _row(  # noqa: RUF009
        "Data",
        "./data",
        kinds.folder(),
        "The folder of the embedded MongoDB and of the cache of unpacked content.",
    )
    mongodb_uri: str = _row(
        "Data",
        "",
        kinds.optional(kinds.mongodb_uri()),
        "The MongoDB to use: a replica set or a sharded cluster, since transactions and change "
        "streams are used. Empty: the server starts one of its own under the data folder.",
        secret=True,
    )
    mongodb_database: str = _row(
        "Data",
        "lyceum",
        kinds.text("1 to 63 letters, digits, - or _", r"[A-Za-z0-9_\-]{1,63}"),
        "The name of the database.",
    )
    mongodb_cache: float = _row(
        "Data",
        "0",
        kinds.number(0, 1024),
        "The embedded MongoDB's cache in GB, at least 0.25; 0 takes a quarter of the memory.",
    )
    organization: str = _row(
        "First start",
        "Lyceum",
        kinds.text("a name of 1 to 200 characters", r"\S.{0,199}"),
        "The name of the organization that the first start makes.",
    )
    admin_email: str = _row(
        "First start",
        "admin@example.org",
        kinds.text("an e-mail address", r"[^@\s]+@[^@\s]+"),
        "The administrator's e-mail address.",
    )
    admin_password: str = _row(
        "First start",
        "",
        kinds.optional(kinds.text("text of one line")),
        "The administrator's password. Empty: one is made and printed once.",
        secret=True,
    )
    lrs_key: str = _row(
        "First start",
        "",
        kinds.optional(kinds.text("printable ASCII without spaces and colons", r"[!-9;-~]{1,200}")),
        "The key (user name) of the first xAPI credential. Empty: one is made and printed once.",
    )
    lrs_secret: str = _row(
        "First start",
        "",
        kinds.optional(kinds.text("printable ASCII without spaces", r"[!-~]{1,200}")),
        "The secret (password) of the first xAPI credential. Empty: one is made and printed once.",
        secret=True,
    )
    authority_template: str = _row(
        "xAPI",
        "",
        kinds.optional(kinds.authority_template()),
        "The authority under which a new xAPI credential records its statements when it is given "
        "none. {{home_page}} is the public URL of the first start, {{key}}, {{name}} and {{id}} "
        "the credential's. Empty: the account {{key}} at {{home_page}}, named {{name}}.",
    )
    access_token_lifetime: int = _row(
        "Sign-in",
        "1h",
        kinds.duration(MINUTE, DAY),
        "How long an access token of the REST API is good before it has to be refreshed.",
    )
    session_lifetime: int = _row(
        "Sign-in",
        "12h",
        kinds.duration(5 * MINUTE, 90 * DAY),
        "How long a sign-in lasts unused, in the browser and for a refresh token.",
    )
    launch_lifetime: int = _row(
        "Sign-in",
        "12h",
        kinds.duration(MINUTE, 7 * DAY),
        "How long a launched lesson can be played before it has to be launched again.",
    )
    sign_in_attempts: int = _row(
        "Sign-in",
        "10",
        kinds.whole_number(1, 1000),
        "How many wrong passwords for one e-mail address are answered in 15 minutes; one network "
        "address has ten times as many.",
    )
    reset_lifetime: int = _row(
        "Sign-in",
        "1h",
        kinds.duration(5 * MINUTE, 7 * DAY),
        "How long a link to set a new password works.",
    )
    issuer_addresses: str = _row(
        "Sign-in",
        "public",
        kinds.choice("public", "any"),
        "Where identity providers may be: public is https on the Internet; any includes http, this "
        "machine and its networks, for an installation whose administrators run those as well.",
    )
    xapi_origins: str = _row(
        "Sign-in",
        "*",
        kinds.any_or_several(kinds.web_address()),
        "Whose pages may speak xAPI from a browser; * for those of any origin. Each needs a "
        "credential all the same; only named origins may send one that the browser remembers "
        "(withCredentials).",
    )
    api_origins: str = _row(
        "Sign-in",
        "",
        kinds.optional(kinds.any_or_several(kinds.web_address())),
        "Whose pages may use the REST API from a browser, with a token or key of their own; * for "
        "those of any origin. Empty: this server's own pages alone.",
    )
    rate_limits: str = _row(
        "Limits",
        DEFAULT,
        rates(),
        "How many requests of each class one person, API key or (auth, public) network address may "
        "send to the REST API in a time; past it the answer is 429 with Retry-After. Classes that "
        "are not named keep their default; api_keys counts all requests of one key.",
    )
    max_body: int = _row(
        "Limits",
        "1MiB",
        kinds.size(2**10, 64 * MIB),
        "The largest body of a REST request that is not an upload.",
    )
    max_statements_body: int = _row(
        "Limits",
        "16MiB",
        kinds.size(2**10, GIB),
        "The largest body of a request to the xAPI resources.",
    )
    max_document: int = _row(
        "Limits",
        "8MiB",
        kinds.size(2**10, 15 * MIB),
        "The largest state or profile document; past it the answer is 413.",
    )
    max_attachment: int = _row(
        "Limits",
        "256MiB",
        kinds.size(2**10, 64 * GIB),
        "The largest attachment of a statement; past this and the next two the answer is 413.",
    )
    max_attachments_body: int = _row(
        "Limits",
        "1GiB",
        kinds.size(2**10, 64 * GIB),
        "The largest body of a request that brings statements with attachments.",
    )
    max_attachments: int = _row(
        "Limits",
        "1000",
        kinds.whole_number(1, 100_000),
        "How many attachments one request may bring.",
    )
    max_receiving: int = _row(
        "Limits",
        "256MiB",
        kinds.size(MIB, 64 * GIB),
        "How much memory all xAPI bodies may take while they arrive; past it the answer is 503 "
        "with Retry-After.",
    )
    receive_time: int = _row(
        "Limits",
        "2m",
        kinds.duration(1, DAY),
        "How long an xAPI body may take to arrive, and how long one with attachments may be "
        "silent; past it the answer is 408.",
    )
    statement_queue: int = _row(
        "Limits",
        "20000",
        kinds.whole_number(1, 1_000_000),
        "How many statements may wait to be written; past it the answer is 503 with Retry-After.",
    )
    aggregate_time: int = _row(
        "Limits",
        "10s",
        kinds.duration(1, 10 * MINUTE),
        "How long an aggregate query over statements may take.",
    )
    max_tails: int = _row(
        "Limits",
        "100",
        kinds.whole_number(0, 10_000),
        "How many statements pages one process keeps up to date (Follow live); past it the page "
        "says so.",
    )
    max_file: int = _row(
        "Limits",
        "512MiB",
        kinds.size(2**10, 64 * GIB),
        "The largest file that can be uploaded: a lesson's, or one that is handed in.",
    )
    max_upload: int = _row(
        "Limits",
        "2GiB",
        kinds.size(MIB, 64 * GIB),
        "The largest package that can be uploaded.",
    )
    max_unpacked: int = _row(
        "Limits",
        "8GiB",
        kinds.size(MIB, 256 * GIB),
        "The largest size of a package's files when unpacked.",
    )
    checkpoint_entries: int = _row(
        "Audit",
        "1000",
        kinds.whole_number(1, 10_000),
        "How many statements or entries of the audit log one signed checkpoint covers at most.",
    )
    checkpoint_interval: int = _row(
        "Audit",
        "5m",
        kinds.duration(1, DAY),
        "How long after a statement a signed checkpoint covers it at the latest.",
    )
    ledger_secret: str = _row(
        "Audit",
        "",
        kinds.optional(kinds.text("16 or more printable characters without spaces", r"[!-~]{16,}")),
        "What the keys that sign checkpoints are enciphered by; the same for all servers, and "
        "kept where the database is not. Empty: a key of the database's own, so that who can "
        "read all of the database can sign as well.",
        secret=True,
    )
    ledger_known_keys: str = _row(
        "Audit",
        "",
        kinds.optional(
            kinds.text("ids of keys with commas between", r"[0-9a-f]{16}(,[0-9a-f]{16})*")
        ),
        "The ids of keys that came after a lost one, as `lyceum audit rotate-key --lost` printed "
        "them: a verification takes these breaks of the chain for known.",
    )
    webhook_addresses: str = _row(
        "Webhooks",
        "public",
        kinds.choice("public", "any"),
        "Where webhooks may lead: public is the Internet alone; any includes this machine and its "
        "networks, and is for an installation whose administrators run those as well.",
    )
    smtp_host: str = _row(
        "Mail",
        "",
        kinds.optional(kinds.text("an address or host name", r"[\w.:\-]+")),
        "The SMTP server that takes the mail. Empty: no mail is sent.",
    )
    smtp_port: int = _row("Mail", "587", kinds.port(), "Its port: 587, 465 for tls, or 25.")
    smtp_security: str = _row(
        "Mail",
        "starttls",
        kinds.choice("starttls", "tls", "none"),
        "How the connection is kept private: upgraded, from the start, or not at all.",
    )
    smtp_username: str = _row(
        "Mail",
        "",
        kinds.optional(kinds.text("text of one line")),
        "The user name at the SMTP server. Empty: none is needed.",
    )
    smtp_password: str = _row(
        "Mail",
        "",
        kinds.optional(kinds.text("text of one line")),
        "The password at the SMTP server.",
        secret=True,
    )
    smtp_from: str = _row(
        "Mail",
        "Lyceum <lyceum@localhost>",
        kinds.text(
            "an e-mail address, with a name before it if wanted", r"[^\r\n]*[^@\s]+@[^@\s]+"
        ),
        "From whom the mail is.",
    )
    smtp_timeout: int = _row(
        "Mail",
        "30s",
        kinds.duration(1, 10 * MINUTE),
        "How long the SMTP server may take for a message.",
    )
    metrics_token: str = _row(
        "Logs",
        "",
        kinds.optional(kinds.text("16 or more printable characters without spaces", r"[!-~]{16,}")),
        "What Prometheus sends as Bearer to read /metrics. Empty: only this machine may read it, "
        "and not through a proxy.",
        secret=True,
    )
    log_level: str = _row(
        "Logs",
        "info",
        kinds.choice("debug", "info", "warning", "error"),
        "What is logged to standard error; debug adds a line for each request.",
    )
    log_format: str = _row(
        "Logs",
        "auto",
        kinds.choice("auto", "console", "json"),
        "How it is written: auto is console on a terminal and JSON elsewhere.",
    )

    @property
    def public_origin(self) -> str:
        """The origin of the pages, the REST API and xAPI."""
        return self.public_url or _origin(self.host, self.port)

    @property
    def content_origin(self) -> str:
        """The origin of the player and of packages' files."""
        return self.content_url or _origin(self.host, self.content_port)


def _origin(host: str, port: int) -> str:
    reachable = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    bracketed = f"[{reachable}]" if ":" in reachable else reachable
    return f"http://{bracketed}:{port}"


def _setting(name: str, metadata: Any) -> Setting:
    default, kind, group, explanation, secret = metadata["row"]
    return Setting(name, default, kind, group, explanation, secret)


SETTINGS: tuple[Setting, ...] = tuple(_setting(f.name, f.metadata) for f in fields(Settings))
