"""Messages over SMTP: what is sent, what is worth another try, and what is said of it in the log."""

import pytest

from orderwell.kit.jobs import GiveUp, Unreachable
from orderwell.mail.rules import KINDS, written
from orderwell.mail.sending import send, server
from tests.support.mailbox import Mailbox

WHO = "noor@example.com"


def settings(box: Mailbox, **more: str) -> dict[str, str]:
    return {"ORDERWELL_SMTP_URL": box.url, "ORDERWELL_MAIL_FROM": "Lamp & Co <shop@example.com>", **more}


def test_a_message_arrives() -> None:
    with Mailbox() as box:
        to = server(settings(box))
        assert to is not None
        send(to, WHO, "Inloggen bij Lamp & Co", "Hallo,\n\néén link\n")
    [message] = box.messages
    assert "To: noor@example.com" in message
    assert "Subject: Inloggen bij Lamp & Co" in message


@pytest.mark.parametrize(
    ("verb", "answer", "expected"),
    [
        ("RCPT", "550 noor@example.com is nobody", GiveUp),
        ("MAIL", "451 later", Unreachable),
        ("MAIL", "554 never", GiveUp),
        ("DATA", "421 bye", Unreachable),
    ],
)
def test_what_the_server_says_decides_whether_it_is_tried_again(
    verb: str, answer: str, expected: type[Exception]
) -> None:
    with Mailbox(**{verb: answer}) as box:
        to = server(settings(box))
        assert to is not None
        with pytest.raises(expected) as error:
            send(to, WHO, "Hello", "Hello")
    assert WHO not in str(error.value)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with Mailbox() as box:
        gone = settings(box)
    to = server(gone)
    assert to is not None
    with pytest.raises(Unreachable):
        send(to, WHO, "Hello", "Hello")


def test_a_password_is_sent_over_tls_only() -> None:
    with Mailbox() as box:
        url = box.url.replace("smtp://", "smtp://shop:secret@")
        to = server(settings(box, ORDERWELL_SMTP_URL=url))
        assert to is not None
        with pytest.raises(GiveUp, match="no TLS"):
            send(to, WHO, "Hello", "Hello")
    assert box.messages == []


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail.example.com"])
def test_settings_that_make_no_sense(url: str) -> None:
    with pytest.raises(GiveUp):
        server({"ORDERWELL_SMTP_URL": url, "ORDERWELL_MAIL_FROM": "a@b"})
    assert server({}) is None


def test_every_message_is_written_in_both_languages_and_takes_no_text_for_a_template() -> None:
    for kind in KINDS:
        texts = [
            written(kind, locale, house="{link}", name="Noor\nX: y", minutes="15", link="L")
            for locale in ("nl-NL", "en", "fr")
        ]
        assert texts[0] != texts[1] == texts[2]
        for text in texts:
            assert "{link}" in text.subject
            assert "Noor X: y" in text.body
            assert text.body.count("\nL\n") == 1
