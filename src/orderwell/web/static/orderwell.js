// What the pages do beyond links and forms: live changes, the palette, keys, undo. Everything here is a convenience:
// without it forms still post and links still lead.
(() => {
  "use strict";
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const single = () => root.dataset.shortcuts !== "off";

  // -- live: the server says what happened, elements say what they are about, and fetch themselves again

  const SILENCE_MS = 4500, AGAIN_MS = 2000;
  let heardAt = Date.now();

  const heard = () => {
    heardAt = Date.now();
    lost(false);
  };
  const lost = (really) => {
    const banner = one("#offline");
    if (banner) banner.hidden = !really;
  };
  const concerns = (words, news) =>
    words.split(/\s+/).some((word) =>
      word.endsWith(".*") ? news.type.startsWith(word.slice(0, -1)) : word === news.type || news.about.includes(word));
  // Somebody types in it, has opened something in it, or has ticked rows: what they do comes first.
  const busy = (element) => one("details.opens[open], :focus:is(input, select, textarea), .choose:checked", element);
  const refresh = (element) => {
    if (busy(element)) {
      element.dataset.stale = "yes";
      return;
    }
    delete element.dataset.stale;
    element.dispatchEvent(new CustomEvent("live"));
  };

  document.addEventListener("news", (event) => {
    heard();
    const news = JSON.parse(event.detail.data);
    for (const element of all("[data-live]")) if (concerns(element.dataset.live, news)) refresh(element);
  });
  document.addEventListener("htmx:before:swap", (event) => {  // begun since it was asked for
    const element = event.detail?.ctx?.sourceElement;
    if (!element?.matches?.("[data-live]") || !busy(element)) return;
    event.preventDefault();
    element.dataset.stale = "yes";
  });
  document.addEventListener("beat", heard);
  document.addEventListener("behind", () => {
    heard();
    all("[data-live]").forEach(refresh);
  });
  for (const name of ["htmx:sse:error", "htmx:sse:close"]) document.addEventListener(name, () => check());
  document.addEventListener("htmx:finally:request", (event) => {  // a stream that never began is not begun again by itself
    const live = event.detail?.ctx?.sourceElement;
    if (live?.id === "live") setTimeout(() => {
      if (live.isConnected && !live._htmx?.sse) live.dispatchEvent(new CustomEvent("again"));
    }, AGAIN_MS);
  });
  window.addEventListener("offline", () => lost(true));
  const check = () => {
    if (document.hidden || !one("#live")) heardAt = Date.now();
    else if (Date.now() - heardAt > SILENCE_MS) lost(true);
  };
  setInterval(check, 500);
  setInterval(() => all("[data-stale]").forEach(refresh), 1000);

  // -- rows that changed are marked

  let versions = new Map();
  const remember = () => {
    versions = new Map(all("[data-version]").map((row) => [row.id, row.dataset.version]));
  };
  document.addEventListener("htmx:before:swap", remember);
  document.addEventListener("htmx:after:swap", () => {
    for (const row of all("[data-version]")) {
      const before = versions.get(row.id);
      if (before === undefined || before === row.dataset.version) continue;
      row.classList.add("changed");
      setTimeout(() => row.classList.remove("changed"), 4000);
    }
    remember();
    welcome();
  });

  // -- what was done or refused

  const welcome = () => {
    for (const box of all("[data-undo]:not([data-counting])")) {
      box.dataset.counting = "yes";
      setTimeout(() => box.remove(), 1000 * Number(box.dataset.undo));
    }
    for (const box of all(".done:not([data-undo]):not([data-counting])")) {
      box.dataset.counting = "yes";
      setTimeout(() => box.remove(), 6000);
    }
    const refusal = one(".refused:not([data-seen])");
    if (refusal) {
      refusal.dataset.seen = "yes";
      refusal.focus({ preventScroll: true });
      refusal.scrollIntoView({ block: "nearest" });
    }
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".done, .refused").remove();
    if (event.target.closest("[data-palette]")) openPalette();
    if (event.target.closest("[data-print]")) print();
    const copied = event.target.closest("[data-copy]");
    if (copied) navigator.clipboard?.writeText(copied.dataset.copy).then(() => {
      copied.classList.add("copied");
      setTimeout(() => copied.classList.remove("copied"), 1500);
    });
    for (const open of all("details.opens[open], details.menu[open]"))
      if (!open.contains(event.target) && !(open.matches(".menu") && event.target.closest(".side"))) open.open = false;
  });
  // What opens stays on the screen.
  document.addEventListener("toggle", (event) => {
    const body = event.target.matches?.("details.opens[open]") && one(".opens-body", event.target);
    if (body && body.getBoundingClientRect().right > innerWidth) body.classList.add("from-right");
  }, true);
  // A second click on a button that is on its way does nothing; the form's key sees to it that it would not anyway.
  document.addEventListener("submit", (event) => {
    if (event.target.method === "get" || event.target.method === "dialog" || event.target.matches("[data-often]")) return;
    const button = event.submitter || one("button[type=submit]", event.target);
    if (button) setTimeout(() => { button.disabled = true; setTimeout(() => { button.disabled = false; }, 3000); });
  });

  // -- the palette

  const palette = () => one("#palette");
  const openPalette = () => {
    if (!palette() || palette().open) return;
    palette().showModal();
    const text = one("input", palette());
    text.value = "";
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const choose = (step) => {
    const items = all(".palette-item", palette());
    if (!items.length) return;
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    items.forEach((item) => item.setAttribute("aria-selected", "false"));
    const next = items[(at + step + items.length) % items.length];
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    one("input", palette()).setAttribute("aria-activedescendant", next.id);
  };
  document.addEventListener("htmx:after:swap", () => {
    if (palette()?.open && !one(".palette-item[aria-selected=true]", palette())) choose(1);
  });
  // Enter goes to what was found for what is typed, not for what was typed before it.
  let wanted = false;
  const searching = () => one("input", palette())?.dataset.found !== one("input", palette())?.value;
  const goToChosen = () => {
    const item = one(".palette-item[aria-selected=true]", palette()) || one(".palette-item", palette());
    if (item) item.click();
  };
  document.addEventListener("htmx:after:request", (event) => {
    const source = event.detail?.ctx?.sourceElement;
    if (source?.id !== "palette-text") return;
    source.dataset.found = new URL(event.detail.ctx.request.action, location).searchParams.get("q");
    setTimeout(() => { if (wanted && !searching()) { wanted = false; goToChosen(); } }, 30);
  });
  document.addEventListener("keydown", (event) => {
    if (!palette()?.open) return;
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Enter") {
      if (searching()) wanted = true;
      else goToChosen();
    } else return;
    event.preventDefault();
  });

  // -- keys

  const rows = () => all("table.rows:not(.lines) tbody tr");
  const current = () => one("tr[aria-current=true]");
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.indexOf(current());
    const next = list[Math.max(0, Math.min(list.length - 1, at + step))];
    current()?.removeAttribute("aria-current");
    next.setAttribute("aria-current", "true");
    (one("[data-first]", next) || one("a, button", next))?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  let waitsForGo = 0;
  const KEYS = {
    "/": () => one("[data-search]")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => one("input[type=checkbox]", current() || document.createElement("i"))?.click(),
    z: () => one('[data-key="z"]')?.click(),
    "?": () => one("#keys")?.showModal(),
    g: () => { waitsForGo = Date.now(); },
  };
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.key === "Escape") {
      all("details.opens[open], details.menu[open]").forEach((each) => { each.open = false; one("summary", each).focus(); });
      if (typing(event.target)) event.target.blur();
    }
    if (!single() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || one("dialog[open]")) return;
    if (waitsForGo && Date.now() - waitsForGo < 1500) {
      waitsForGo = 0;
      const link = one(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
    else if (event.key === "Enter" && current() && !event.target.closest("a, button, summary")) one("a", current())?.click();
  });

  document.addEventListener("DOMContentLoaded", () => { remember(); welcome(); });
  if (document.readyState !== "loading") { remember(); welcome(); }
})();
