"""Which addresses are sent to, who wants what, and what an answer means."""

import pytest

from orderwell.kit.errors import Invalid
from orderwell.kit.jobs import GiveUp
from orderwell.notifications import sending
from orderwell.notifications.rules import check_url, headers, is_public, new_secret, patience, verdict, wants


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com",
        "https://",
        "https://user:secret@example.com/",
        "https://localhost/hook",
        "https://shop.localhost/",
        "https://printer.local/",
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://192.168.1.1:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
        "https://example.com:0/",
        "https://example.com:99999/",
    ],
)
def test_addresses_inside_are_refused(url: str) -> None:
    with pytest.raises(Invalid):
        check_url(url, strict=True)


@pytest.mark.parametrize("url", ["https://example.com/hook?x=1", "https://93.184.215.14/", "https://[2606:4700::1]/"])
def test_addresses_outside_are_taken(url: str) -> None:
    check_url(url, strict=True)


def test_a_test_shop_may_send_to_itself() -> None:
    check_url("http://127.0.0.1:8080/hook", strict=False)


@pytest.mark.parametrize("address", ["64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "::", "ff02::1"])
def test_private_addresses_in_disguise(address: str) -> None:
    assert not is_public(address)


def test_a_public_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "resolve", lambda host, port: "127.0.0.1")
    with pytest.raises(GiveUp, match="not on the internet"):
        sending.send(None, "https://example.com/", {}, b"", strict=True)


@pytest.mark.parametrize(
    ("types", "type_", "wanted"),
    [
        ((), "order.placed", True),
        (("order.placed",), "order.placed", True),
        (("order.placed",), "order.shipped", False),
        (("order.*",), "order.shipped", True),
        (("order.*",), "orders.shipped", False),
        (("invoice.*", "order.placed"), "order.placed", True),
    ],
)
def test_who_wants_what(types: tuple[str, ...], type_: str, wanted: bool) -> None:
    assert wants(types, type_) is wanted


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, "done"), (204, "done"), (301, "failed"), (410, "gone"), (429, "later"), (500, "failed"), (503, "later")],
)
def test_what_an_answer_means(status: int, meaning: str) -> None:
    assert verdict(status) == meaning


@pytest.mark.parametrize(
    ("told", "seconds"), [("30", 30), ("0", 1), ("999999", 3600), ("soon", None), ("", None), ("-5", None)]
)
def test_patience_has_bounds(told: str, seconds: int | None) -> None:
    assert patience({"retry-after": told}) == seconds


def test_the_signature_is_the_one_of_the_standard() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', 1614265330)
    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert len({new_secret() for _ in range(9)}) == 9
