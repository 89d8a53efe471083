"""Where is my order? The answer to the customer, in the customer's language, from what the page knows."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..language import LANGUAGES, N_, SOURCE, translations
from ..numbers import day

SUBJECT = N_("Your order {reference}")
GREETING = N_("Hello {name},")
NOBODY = N_("Hello,")
STATES = {
    "draft": N_("your order {reference} is not confirmed yet."),
    "open": N_("we have your order {reference} and are about to prepare it."),
    "ready": N_("we have your order {reference} and are about to prepare it."),
    "picked": N_("we are packing your order {reference}."),
    "packed": N_("your order {reference} is packed and waits for the carrier."),
    "backordered": N_("part of your order {reference} is not in stock yet; we send it as soon as it arrives."),
    "partly_shipped": N_("part of your order {reference} is on its way; the rest follows."),
    "shipped": N_("your order {reference} is on its way."),
    "delivered": N_("your order {reference} was delivered."),
    "returned": N_("your order {reference} came back to us."),
    "cancelled": N_("your order {reference} was cancelled."),
}
PARCEL = N_("{carrier}, tracking number {tracking}: {state}")
UNTRACKED = N_("{carrier}: {state}")
PARCELS = {
    "shipped": N_("under way"), "delivered": N_("delivered on {day}"), "failed": N_("could not be delivered"),
    "lost": N_("lost; we are looking into it"), "came_back": N_("came back to us"),
}  # fmt: skip
OURSELVES = N_("Our own delivery")
PROMISED = N_("We expect to deliver it on {day}.")
CLOSING = N_("Kind regards,\n{house}")


def where_is_it(order: Mapping[str, Any], house: str) -> dict[str, str]:
    """`text` to read out or copy, and the address that opens a mail with it; empty where there is no e-mail address."""
    customer = order["customer"]
    language = language_of(customer["locale"] if customer else "")
    said = translations(language).gettext
    reference = order["reference"]
    name = customer["name"] if customer else ""
    parts = [
        said(GREETING).format(name=name) if name else said(NOBODY),
        "\n".join([said(STATES[order["goods"]]).format(reference=reference), *_parcels(order, language)]),
    ]
    promise = order["promise"]
    if promise is not None and promise["deliver_on"] and promise["state"] == "open":
        parts.append(said(PROMISED).format(day=day(promise["deliver_on"], language)))
    parts.append(said(CLOSING).format(house=house))
    text, subject = "\n\n".join(parts), said(SUBJECT).format(reference=reference)
    email = customer["email"] if customer else ""
    mail = f"mailto:{quote(email, safe='@')}?subject={quote(subject)}&body={quote(text)}" if email else ""
    return {"text": text, "mail": mail, "language": language}


def language_of(locale: str) -> str:
    return locale[:2].lower() if locale[:2].lower() in LANGUAGES else SOURCE


def _parcels(order: Mapping[str, Any], language: str) -> list[str]:
    said = translations(language).gettext
    lines = []
    for parcel in order["parcels"]:
        if parcel["status"] in PARCELS:
            delivered = day(parcel["delivered_at"], language) if parcel["delivered_at"] else ""
            state = said(PARCELS[parcel["status"]]).format(day=delivered)
            words = said(PARCEL if parcel["tracking"] else UNTRACKED)
            carrier = parcel["carrier"] or said(OURSELVES)
            lines.append(words.format(carrier=carrier, tracking=parcel["tracking"], state=state))
    return lines
