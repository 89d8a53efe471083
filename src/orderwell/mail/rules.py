"""What messages say, in the reader's language. Plain text with plain placeholders; nobody's text becomes a template."""

from typing import NamedTuple

CUT = "…"  # stands where a secret was


class Written(NamedTuple):
    subject: str
    body: str


SIGN_IN = {
    "en": Written(
        "Sign in at {house}",
        "Hello {name},\n\nWith this link you sign in at {house}. It works once, within {minutes} minutes:\n\n{link}\n\n"
        "If you did not ask for it, you need do nothing.\n",
    ),
    "nl": Written(
        "Inloggen bij {house}",
        "Hallo {name},\n\nMet deze link logt u in bij {house}. Hij werkt één keer, binnen {minutes} minuten:"
        "\n\n{link}\n\n"
        "Heeft u er niet om gevraagd, dan hoeft u niets te doen.\n",
    ),
}
INVITATION = {
    "en": Written(
        "Your account at {house}",
        "Hello {name},\n\nAt {house} you can now follow orders, see invoices and order again. With this link you sign"
        " in; it works once, within {minutes} minutes. Later you get a new one on the sign-in page:\n\n{link}\n",
    ),
    "nl": Written(
        "Uw account bij {house}",
        "Hallo {name},\n\nBij {house} kunt u nu bestellingen volgen, facturen bekijken en opnieuw bestellen. Met deze"
        " link logt u in; hij werkt één keer, binnen {minutes} minuten. Later krijgt u op de inlogpagina een nieuwe:"
        "\n\n{link}\n",
    ),
}
KINDS = {"sign_in": SIGN_IN, "invitation": INVITATION}


def written(kind: str, locale: str, **facts: str) -> Written:
    """The message in the language of a locale such as `nl-NL`, English where there is none."""
    languages = KINDS[kind]
    text = languages.get(locale[:2].lower(), languages["en"])
    return Written(_filled(text.subject, facts), _filled(text.body, facts))


def _filled(text: str, facts: dict[str, str]) -> str:
    parts = text.split("{")
    done = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        done.append(" ".join(facts[name].split()) + rest)  # a line break in a name makes no new line
    return "".join(done)
