"""Words of the program that stand inside its sentences (`kit/sentences.word`): kinds of things, states and the like."""

from .language import N_

KINDS = (
    N_("order"), N_("sku"), N_("product"), N_("customer"), N_("address"), N_("location"), N_("channel"), N_("parcel"),
    N_("invoice"), N_("credit note"), N_("adjustment"), N_("payment"), N_("refund"), N_("capture"), N_("void"),
    N_("payout"), N_("return"), N_("supplier"), N_("purchase order"), N_("proposal"), N_("supplier invoice"),
    N_("supplier payment"), N_("receipt"), N_("transfer"), N_("count"), N_("event"), N_("open item"),
    N_("manual entry"), N_("api key"), N_("person"), N_("session"), N_("role"), N_("webhook endpoint"),
    N_("delivery"), N_("job"), N_("test clock"), N_("task"), N_("batch"), N_("customer price"), N_("bank statement"),
    N_("bank line"), N_("bank match"), N_("portal account"), N_("portal session"), N_("portal passkey"),
    N_("order link"), N_("message"),
    N_("delivery method"), N_("bin"), N_("pick list"), N_("note"), N_("view"), N_("till"), N_("drawer session"),
    N_("drawer move"), N_("cash movement"), N_("proof"), N_("passkey"),
)  # fmt: skip
STATES = (
    N_("draft"), N_("placed"), N_("cancelled"),
    N_("open"), N_("promised"), N_("awaited"), N_("picked"), N_("packed"), N_("shipped"), N_("delivered"),
    N_("returned"), N_("failed"), N_("lost"), N_("came back"), N_("unpacked"), N_("ordered"), N_("dropped"),
    N_("proposed"), N_("asked"), N_("done"), N_("closed"), N_("waiting"), N_("running"), N_("dead"), N_("active"),
    N_("disabled"), N_("removed"), N_("new"),
)  # fmt: skip
DONE = (N_("received"), N_("sent back"))
PAID_BY = (N_("Cash"), N_("Pin"), N_("Bank transfer"), N_("On account"), N_("Provider"))
PREFERENCES = (N_("language"), N_("theme"), N_("shortcuts"))
NONE = (N_("none"), N_("no parameters"))
