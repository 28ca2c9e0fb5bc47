"""The e-mail peer, a process of its own: django-post_office, from queueing to the recorded outcome.

`python -m bench.post_office PORT COUNT` prints mails a second. The work is the same: one template rendered for each
recipient, text and HTML, stored in SQLite, sent to the sink over kept connections, its state and log recorded.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

TEXT = (
    "Hello {{ name }},\n\nYour account {{ label }} has a balance of {{ balance }}.\n"
    "Reply to this message or see {{ link }}.\n\nThis is an attempt to collect a debt.\nTo stop: {{ stop }}\n"
)
HTML = "<p>" + TEXT.replace("\n\n", "</p><p>") + "</p>"


class Missing(Exception):  # noqa: N818 - read as `except post_office.Missing`
    """The peer is not installed."""


def rate(port: int, count: int) -> float:
    """Mails a second of a fresh process; Missing where the package is not there."""
    command = [sys.executable, "-m", "bench.post_office", str(port), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named 'post_office'" in done.stderr or "No module named 'django'" in done.stderr:
        raise Missing
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return float(done.stdout.split()[-1])


def configure(folder: Path, port: int) -> None:
    import django  # noqa: PLC0415 - an optional peer
    from django.conf import settings  # noqa: PLC0415

    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "peer.db")}},
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        EMAIL_BACKEND="post_office.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        USE_TZ=True,
        SECRET_KEY="bench",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        POST_OFFICE={
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
            "BATCH_SIZE": 1_000,
            "LOG_LEVEL": 2,
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        LOGGING_CONFIG=None,
    )
    django.setup()


def measure(count: int) -> float:
    from django.core.management import call_command  # noqa: PLC0415
    from post_office import mail  # noqa: PLC0415
    from post_office.models import STATUS, Email, EmailTemplate  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    template = EmailTemplate.objects.create(
        name="reminder", subject="A message for {{ name }}", content=TEXT, html_content=HTML
    )
    begun = time.perf_counter()
    mail.send_many(
        [
            {
                "sender": "notices@example.com",
                "recipients": [f"u{number}@example.org"],
                "template": template,
                "context": {
                    "name": f"Ann Lee{number}", "label": f"ending {number:04}", "balance": "$250.00",
                    "link": "https://pay.example.com/x", "stop": "https://contact.example.com/u/x",
                },
            }
            for number in range(count)
        ]
    )  # fmt: skip
    while mail.get_queued().exists():
        mail.send_queued(processes=1)
    seconds = time.perf_counter() - begun
    sent = Email.objects.filter(status=STATUS.sent).count()
    assert sent == count, f"only {sent} of {count} were sent"
    return count / seconds


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        configure(Path(folder), int(sys.argv[1]))
        sys.stdout.write(f"{measure(int(sys.argv[2]))}\n")
