// A scanner is a keyboard that types fast and ends in Enter. What it sends arrives whatever has the focus, and what it
// sends while an answer is on its way is kept for the next. Without this the form posts as it stands.
(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const box = () => one("[data-scan]");
  const touch = matchMedia("(pointer: coarse)").matches;
  const waiting = [];
  let busy = false;

  const form = () => one("#cart");
  const swapped = () => Boolean(one("#till"));
  const send = () => {
    if (busy || !waiting.length || !form()) return;
    busy = true;
    form().elements.scans.value = waiting.splice(0).join("\n");
    form().requestSubmit();
  };
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "cart" || !swapped()) return;
    const typed = box()?.value.trim();
    if (busy && !form().elements.scans.value) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (!typed) return;
    waiting.push(typed);
    box().value = "";
    if (!form().elements.scans.value) {
      event.preventDefault();
      event.stopImmediatePropagation();
      send();
    }
  }, true);
  const answered = () => {
    const till = one("#till");
    if (!till) return;
    busy = false;
    if (form()) form().elements.scans.value = "";
    if (till.dataset.address && till.dataset.address !== location.pathname + location.search)
      history.replaceState(null, "", till.dataset.address);
    for (const back of document.querySelectorAll("form input[name=_back]")) back.value = till.dataset.address;
    if (!touch) box()?.focus();
    send();
  };
  document.addEventListener("htmx:after:swap", answered);
  document.addEventListener("htmx:finally:request", () => { if (busy) setTimeout(answered); });
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

  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
  // Choosing who one is leads to the PIN; its last digit cannot be known, so Enter unlocks.
  one("[data-unlock]")?.addEventListener("change", (event) => {
    if (event.target.name === "person") one("#pin").focus();
  });
  if (box() && !touch && box().matches("[autofocus]")) box().focus();
})();
