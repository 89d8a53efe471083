// A scanner is a keyboard that types fast and ends in Enter. What it sends arrives whatever has the focus, and what it
// sends while an answer is on its way is kept for the next. Without this the form posts as it stands.
(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const box = () => one("[data-scan]");
  const touch = matchMedia("(pointer: coarse)").matches;
  const waiting = []; // codes, and taps as the buttons say them
  let busy = false; // a request is under way
  let sent = []; // codes of the request that is under way
  let lost = false; // it got no answer
  let sending = false; // the submit that is heard now is ours

  const form = () => one("#cart");
  const send = () => {
    if (busy || !waiting.length || !form()?.elements.scans) return;
    const codes = [];
    while (waiting.length && waiting[0].code) codes.push(waiting.shift().code);
    const act = codes.length ? null : waiting.shift().act;
    const button = act === null ? null : one(`#cart button[value="${CSS.escape(act)}"], button[form=cart][value="${CSS.escape(act)}"]`);
    if (act !== null && !button) return send();
    form().elements.scans.value = codes.join("\n");
    sent = codes;
    busy = sending = true;
    form().requestSubmit(button);
    sending = false;
  };
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "cart" || !event.target.elements.scans || sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const typed = box().value.trim();
    const act = event.submitter?.name === "act" ? event.submitter.value : "";
    box().value = "";
    if (typed) waiting.push({ code: typed });
    // Lines move up when one goes: what a second click would hit then is not what was meant.
    if ((act || !typed) && (!busy || act.startsWith("tap."))) waiting.push({ act });
    setTimeout(send); // a form is not sent while it is being sent
  }, true);
  const address = () => {
    const now = one("#till")?.dataset.address;
    if (!now) return;
    if (now !== location.pathname + location.search) history.replaceState(null, "", now);
    for (const back of document.querySelectorAll("form input[name=_back]")) back.value = now;
  };
  const answered = () => {
    busy = false;
    if (form()?.elements.scans) form().elements.scans.value = "";
    if (!touch) box()?.focus();
    if (lost) waiting.unshift(...sent.map((code) => ({ code })));
    setTimeout(send, lost ? 2000 : 0); // what was scanned without a connection comes once there is one
    setTimeout(pay);
    lost = false;
  };

  // By keys: F8 the card, F9 cash, with the amount that stands in the scan field; F2 the drawer, F4 locks. What was
  // scanned before comes first.
  let pays = null;
  const put = (name, amount) => {
    const field = one(`.more input[name="${name}"]`);
    field.closest("details").open = true;
    field.value = amount;
    return field;
  };
  const pay = () => {
    if (!pays || busy || waiting.length) return;
    const { way, amount } = pays;
    pays = null;
    if (!amount || !one(".more")) one(`[data-pay~="${way}"]`)?.click();
    else if (way === "cash") put("payments.0.tendered", amount).form.requestSubmit();
    else {
      put("payments.0.amount", amount);
      one('.more input[name="payments.1.tendered"]').focus();
    }
  };
  const KEYS = {
    F2: () => one("[data-drawer]")?.click(),
    F4: () => one("[data-lock] button")?.click(),
    F8: () => take("card"),
    F9: () => take("cash"),
  };
  const take = (way) => {
    if (!box() || !one("[data-pay]") && !busy && !waiting.length) return;
    pays = { way, amount: box().value.trim() };
    box().value = "";
    pay();
  };
  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || one("dialog[open]")) return;
    event.preventDefault();
    if (!event.repeat) act();
  });
  // Of the cart's own requests: the page has others under way, whose end means nothing here.
  const ours = (event) => event.detail?.ctx?.sourceElement?.id === "cart";
  document.addEventListener("htmx:error", (event) => { if (ours(event)) lost = busy; });
  document.addEventListener("htmx:after:swap", address);
  // After the answer has been swapped in, or has failed: one request at a time, each on the cart as it is now.
  document.addEventListener("htmx:finally:request", (event) => {
    if (ours(event)) answered();
  });
  // A number that was changed counts at once.
  document.addEventListener("change", (event) => {
    if (event.target.form?.id === "cart" && !event.target.matches("[data-scan]")) event.target.form.requestSubmit();
  });

  // Whatever is typed outside a field was scanned; keys of the pages do not hear of it.
  document.addEventListener("keydown", (event) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || !box()) return;
    if (event.target.closest("input, select, textarea, dialog") || (event.key === " " && event.target.closest("button, a, summary"))) return;
    box().focus();
    event.stopImmediatePropagation();
  }, true);

  // Tap a name and type the PIN; how long it is nobody else knows, so Enter unlocks.
  if (one("[data-unlock]")) document.addEventListener("keydown", (event) => {
    if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) one("#pin").focus();
  }, true);
  if (box() && !touch && box().matches("[autofocus]")) box().focus();
})();
