// Taking an order by keyboard: after each answer the cursor stands where the next thing is typed, Ctrl+Enter places the
// order, and what is being written outlives a reload of this tab.
(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const form = () => one("#taking");
  const KEPT = "orderwell.order";
  const OURS = ["_key", "_proof", "_seen", "_back", "act", "add", "who"];

  const keep = () => {
    if (!form()) return;
    const written = [...new FormData(form())].filter(([name, value]) => !OURS.includes(name) && value !== "");
    const fields = new Map(written);
    if (fields.get("cart") || fields.get("customer") || fields.get("new.name"))
      sessionStorage.setItem(KEPT, JSON.stringify(written));
    else sessionStorage.removeItem(KEPT);
  };
  const bringBack = () => {
    const kept = sessionStorage.getItem(KEPT);
    if (!kept || !form() || location.search || form().elements.cart.value || form().elements.customer.value) return;
    for (const [name, value] of JSON.parse(kept)) {
      const field = form().elements[name];
      if (field && "value" in field) field.value = value;
      else {
        const hidden = document.createElement("input");
        Object.assign(hidden, { type: "hidden", name, value });
        form().append(hidden);
      }
    }
    form().requestSubmit();
  };

  // Where the next thing is typed: who first, then what.
  let asked = "";  // what stood there when it was sent: what is typed since then stays
  document.addEventListener("htmx:before:request", (event) => {
    if (event.detail?.ctx?.sourceElement === form()) asked = form().elements.add.value;
  });
  const next = () => one("#who:not([value]), #who[value='']") && !form().elements.cart.value ? one("#who") : one("#add");
  document.addEventListener("htmx:after:swap", (event) => {
    const part = event.detail?.ctx?.target?.id;
    if (part === "people" || part === "goods-found") return;
    for (const hidden of form()?.querySelectorAll(":scope > input[type=hidden][name*='.']") || []) hidden.remove();
    if (one("#add")?.value === asked) one("#add").value = "";
    const typing = document.activeElement?.closest?.("#taking input:not(#add, #who, [type=radio])");
    if (!typing || typing.name.startsWith("q.") || typing.name.startsWith("off.")) next()?.focus();
    keep();
  });
  document.addEventListener("change", (event) => {
    if (event.target.form !== form() || event.target.matches("#who, #add")) return;
    form().requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      one("[data-place]:not(:disabled)")?.click();
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.matches?.("#who, #add, .found-one")) {
      const list = event.target.matches(".found-one") ? event.target.parentElement : one(event.target.id === "who" ? "#people" : "#goods-found");
      const all = [...list.querySelectorAll(".found-one")];
      const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
      (all[at] || (list.id === "people" ? one("#who") : one("#add")))?.focus();
    }
  });
  // A form that changes is posted by htmx; placing it leads to another page, so the browser does that itself.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-place], [data-place-draft]");
    if (!button) return;
    event.preventDefault();
    const sent = document.createElement("form");
    Object.assign(sent, { method: "post", action: button.getAttribute("formaction"), hidden: true });
    for (const [name, value] of new FormData(form(), button.name ? button : null)) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      sent.append(field);
    }
    document.body.append(sent);
    button.disabled = true;
    sessionStorage.removeItem(KEPT);
    sent.submit();
  });
  bringBack();
})();
