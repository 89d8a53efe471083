// Pages on a handheld: what a scanner types is understood, a wrong scan blocks until it was seen, and what was sent is
// kept under its key until it is answered. Loaded on those pages only; without it their forms post.
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const hand = () => one("#hand");
  const box = () => one("#scan");
  const say = (name) => hand().dataset[`say${name}`] || "";
  const codesOf = (element) => JSON.parse(element.dataset.codes || "{}");
  // Quantities have a dot here and a comma in some languages' fields; whole ones, nearly all, look alike in both.
  const number = (text) => Number(String(text || "0").replace(",", "."));
  const written = (value) => String(Math.round(value * 1e6) / 1e6).replace(".", one("html").lang === "nl" ? "," : ".");

  // -- what is heard and seen

  let sound = null;
  const tone = (hertz, from, seconds, shape) => {
    if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return; // browsers stay silent before
    try {
      sound = sound || new AudioContext();
      const source = sound.createOscillator();
      const volume = sound.createGain();
      source.type = shape;
      source.frequency.value = hertz;
      volume.gain.value = 0.15;
      source.connect(volume).connect(sound.destination);
      source.start(sound.currentTime + from);
      source.stop(sound.currentTime + from + seconds);
    } catch { /* a device without sound still shows it */ }
  };
  const flash = (how) => {
    document.body.dataset.scanned = "";
    void document.body.offsetWidth; // begins the animation anew
    document.body.dataset.scanned = how;
  };
  const good = (text) => {
    tone(1320, 0, 0.09, "sine");
    flash("good");
    const last = one("[data-last]");
    if (last) last.textContent = text;
  };
  const blocked = () => one("#blocked");
  const block = (what, code = "", refusal = null) => {
    tone(180, 0, 0.25, "square");
    tone(140, 0.3, 0.35, "square");
    flash("wrong");
    navigator.vibrate?.([200, 80, 200]);
    queue.length = 0;
    one("[data-what]", blocked()).textContent = what;
    one("[data-code]", blocked()).textContent = code;
    one("[data-refusal]", blocked()).replaceChildren(...(refusal ? [refusal] : []));
    if (!blocked().open) blocked().showModal();
    blocked().focus();
  };

  // -- sending: one at a time, the same body under the same key until there is an answer

  const KEPT = "orderwell-unanswered";
  const TRY_MS = 8000;
  let sending = null;
  let waits = false;
  const queue = [];
  const waiting = (really) => { waits = really; one("#waiting").hidden = !really; };
  const pause = (milliseconds) => new Promise((resolve) => {
    const go = () => { clearTimeout(timer); window.removeEventListener("online", go); resolve(); };
    const timer = setTimeout(go, milliseconds);
    window.addEventListener("online", go);
  });

  const send = (form, button) => {
    const body = new URLSearchParams(new FormData(form, button || undefined)).toString();
    return deliver({ action: new URL(form.action).pathname, body });
  };
  const deliver = async (kept) => {
    if (sending) return;
    sending = kept;
    localStorage.setItem(KEPT, JSON.stringify(kept));
    let answer = null;
    for (let tries = 0; answer === null; tries += 1) {
      try {
        const got = await fetch(kept.action, {
          method: "POST", body: kept.body, signal: AbortSignal.timeout(TRY_MS),
          headers: {
            "content-type": "application/x-www-form-urlencoded", "hx-request": "true", "hx-request-type": "partial",
            "hx-target": "div#hand",
          },
        });
        if ([502, 503, 504].includes(got.status)) throw new Error("not now");
        answer = { status: got.status, to: got.headers.get("hx-redirect"), html: await got.text() };
      } catch {
        waiting(true);
        await pause(Math.min(1000 * 2 ** tries, 10000));
      }
    }
    localStorage.removeItem(KEPT);
    waiting(false);
    sending = null;
    told(kept, answer);
  };
  const told = (kept, answer) => {
    if (answer.status === 401) { block(say("Ended")); blocked().dataset.then = answer.to || "/sign-in"; return; }
    if (answer.to) { location.href = answer.to; return; }
    const came = document.createElement("template");
    came.innerHTML = answer.html;
    const fresh = one("#hand", came.content);
    const refusal = one(".refused", came.content);
    if (answer.status >= 400) {
      block(refusal ? one(".refused-what", refusal).textContent : say("Refused"), "", refusal?.cloneNode(true));
      refusal?.remove();
    } else good(one("#said .done span", came.content)?.textContent || "");
    if (fresh?.dataset.path === location.pathname) {
      hand().replaceWith(document.importNode(fresh, true));
      window.htmx?.process(hand());
      painted();
    } else if (answer.status < 400) location.reload();
    next();
  };
  const next = () => { if (queue.length && !sending && !blocked().open) scanned(queue.shift()); };

  // -- what a scan means, by kind of page

  const counts = (code) => /^[0-9]{1,5}$/.test(code);
  let lastLine = null;
  let bin = ""; // of the pick line that stands on the page: scanned already
  let many = null;

  const knows = (code) => all("[data-codes]").filter((each) => code in codesOf(each));
  const field = (line) => one("[data-quantity]", line);
  const set = (line, quantity) => {
    field(line).value = quantity > 0 ? written(quantity) : "";
    mark(line);
    lastLine = line;
    line.scrollIntoView({ block: "nearest" });
    good(`${one("b", line)?.textContent || one("[data-code]", line)?.value || ""} × ${written(quantity)}`);
  };
  const mark = (line) => {
    const has = number(field(line).value);
    line.dataset.state = has === 0 ? "" : has === number(line.dataset.due) || !line.dataset.due ? "full" : "some";
  };
  const sheet = () => one("[data-sheet]");
  const finish = () => {
    if (!all("[data-quantity]", sheet()).some((each) => number(each.value) > 0)) block(say("None"));
    else send(sheet());
  };

  const MODES = {
    open(code) {
      const at = one("[data-scan] [name=at]").value;
      fetch(`/warehouse/open?${new URLSearchParams({ code, at })}`, { headers: { "hx-request": "true" } }).then((got) => {
        if (got.headers.get("hx-redirect")) { good(code); location.href = got.headers.get("hx-redirect"); }
        else block(say("Unknown"), code);
      }, () => block(say("Offline"), code));
    },
    receive(code) {
      if (JSON.parse(hand().dataset.own || "[]").includes(code)) { finish(); return; }
      const lines = knows(code);
      if (!lines.length && lastLine && counts(code)) { set(lastLine, number(code)); return; }
      if (!lines.length) { block(say("Wrong"), code); return; }
      const line = lines.find((each) => !number(field(each).value)) || lines[0];
      set(line, number(field(line).value) || number(line.dataset.due));
    },
    pack(code) {
      const lines = knows(code);
      if (!lines.length && lastLine && counts(code)) {
        if (number(code) > number(lastLine.dataset.due)) { block(say("Many"), code); return; }
        set(lastLine, number(code));
      } else if (!lines.length) { block(say("Wrong"), code); return; }
      else {
        const fits = (each) => number(field(each).value) + number(codesOf(each)[code]) <= number(each.dataset.due);
        const line = lines.find(fits);
        if (!line) { block(say("Full"), code); return; }
        set(line, number(field(line).value) + number(codesOf(line)[code]));
      }
      if (all(".sheet-line").every((each) => number(field(each).value) === number(each.dataset.due))) send(sheet());
    },
    pick(code) {
      const line = one("[data-line]");
      if (!line) { MODES.open(code); return; }
      const left = number(line.dataset.due);
      const isItem = code in codesOf(line);
      if (line.dataset.bin && bin !== line.dataset.bin) {
        if (code === line.dataset.bin || code === line.dataset.binId) { bin = line.dataset.bin; painted(); good(bin); }
        else block(isItem ? say("BinFirst") : say("Bin"), code);
        return;
      }
      if (code === line.dataset.bin) { good(code); return; }
      if (!isItem && counts(code)) {
        if (number(code) > left || number(code) === 0) { block(say("Many"), code); return; }
        many = number(code);
        one("[data-many]").textContent = code;
        good(code);
        return;
      }
      if (!isItem) { block(say("Wrong"), code); return; }
      const wanted = many ?? left;
      const packs = wanted / number(codesOf(line)[code]);
      if (!Number.isInteger(packs) && number(codesOf(line)[code]) !== 1) { block(say("Pack"), code); return; }
      const form = one("[data-pick]");
      one("[name=item]", form).value = code;
      one("[name=quantity]", form).value = written(packs);
      good(`${code} × ${written(wanted)}`);
      send(form);
    },
    put_away(code) {
      const lines = knows(code);
      if (lines.length) {
        lastLine = lines[0];
        all(".sheet-line").forEach((each) => { each.dataset.state = each === lastLine ? "full" : ""; });
        lastLine.scrollIntoView({ block: "center" });
        good(code);
      } else if (!lastLine?.isConnected) block(say("ItemFirst"), code);
      else if (counts(code) && !all("#bins option").some((each) => each.value === code)) set(lastLine, number(code));
      else {
        one("[data-bin]", lastLine).value = code;
        send(one("[data-put]", lastLine));
      }
    },
    count(code) {
      const lines = knows(code);
      if (lines.length) { good(code); field(lines[0]).focus(); }
      else location.href = `/warehouse/count?${new URLSearchParams({ scan: code, at: one("[data-scan] [name=at]").value })}`;
    },
    send(code) {
      if (lastLine?.isConnected && counts(code) && code.length < 5) { set(lastLine, number(code)); return; }
      const free = all("[data-free]");
      const there = free.find((each) => one("[data-code]", each).value === code);
      const line = there || free.find((each) => !one("[data-code]", each).value);
      if (!line) { block(say("Many"), code); return; }
      one("[data-code]", line).value = code;
      set(line, number(field(line).value) + 1);
    },
  };
  const scanned = (text) => {
    const code = text.trim();
    if (!code) return;
    if (waits) { block(say("Offline"), code); return; }
    if (sending) { queue.push(code); return; }
    MODES[hand().dataset.mode](code);
  };

  // -- what stands on the page is brought in line with what was scanned

  const painted = () => {
    const line = one("[data-line]");
    if (line && line.dataset.line !== painted.line) {
      painted.line = line.dataset.line;
      many = null;
      if (line.dataset.bin !== bin) bin = "";
    }
    if (line && many !== null) one("[data-many]").textContent = written(many);
    const shown = one("[data-bin-shown]");
    if (shown) shown.dataset.state = line.dataset.bin && bin === line.dataset.bin ? "full" : "";
    all("[data-sheet] .sheet-line").forEach(mark);
    const scan = box();
    if (scan && !painted.typing) scan.inputMode = "none";
    if (scan && !one("[data-count]")) scan.focus({ preventScroll: true });
    if (one("[data-camera-on]")) one("[data-camera-on]").hidden = !("BarcodeDetector" in window);
    for (const each of all("[data-prints]")) once(`print ${each.dataset.prints}`, () => window.print());
    for (const each of all("[data-by-itself]")) once(`label ${each.dataset.byItself}`, () => send(each));
  };
  const once = (name, act) => {
    if (sessionStorage.getItem(name)) return;
    sessionStorage.setItem(name, "done");
    act();
  };
  document.addEventListener("htmx:after:swap", () => { if (hand()) painted(); });

  // -- keys: a scanner types fast and ends with Enter, wherever the focus is

  const FAST_MS = 40;
  let typed = "";
  let typedAt = 0;
  let before = null; // a field that a scan would have spoilt, and what stood in it
  document.addEventListener("keydown", (event) => {
    const now = Date.now();
    const letter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (letter) {
      const goesOn = now - typedAt < FAST_MS;
      if (!goesOn) before = event.target.matches("input") ? { field: event.target, value: event.target.value } : null;
      typed = goesOn ? typed + event.key : event.key;
      typedAt = now;
    }
    if (blocked()?.open) {
      // Only somebody who means it takes the block away: not the Enter of the next scan.
      if (letter || (event.key === "Enter" && now - typedAt < 300)) event.preventDefault();
      if (event.key === "Enter" && now - typedAt >= 300) { event.preventDefault(); seen(); }
      return;
    }
    if (one("dialog[open]") || !hand()) return;
    if (event.key === "Enter" && typed.length > 5 && now - typedAt < FAST_MS * 3 && event.target !== box()) {
      event.preventDefault();
      if (before?.field.isConnected) before.field.value = before.value;
      const code = typed;
      typed = "";
      scanned(code);
    } else if (letter && !event.target.closest("input, select, textarea") && event.key !== " ") {
      event.stopImmediatePropagation(); // no single-key command: somebody scans
      box()?.focus();
    } else if (event.key === "Enter" && event.target.matches("[data-count] [data-quantity]")) {
      event.preventDefault();
      const fields = all("[data-count] [data-quantity]");
      const after = fields[fields.indexOf(event.target) + 1];
      if (after) after.focus();
      else send(event.target.form);
    }
    if (event.key === "Enter") typed = "";
  }, true);
  const seen = () => {
    const then = blocked().dataset.then;
    blocked().close();
    if (then) location.href = then;
    else (one("[data-count] [data-quantity]") || box())?.focus();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-scan]")) {
      event.preventDefault();
      const code = box().value;
      box().value = "";
      scanned(code);
    } else if (form.matches("[data-sheet], [data-put], [data-count], [data-send], [data-pick], .hand .act, .chosen")) {
      event.preventDefault();
      const nothing = form.matches("[data-sheet]") && event.submitter?.name !== "everything"
        && !all("[data-quantity]", form).some((each) => number(each.value) > 0);
      if (nothing) block(say("None"));
      else if (waits || sending) block(say("Offline"));
      else send(form, event.submitter);
    }
  }, true);
  document.addEventListener("input", (event) => {
    const line = event.target.matches("[data-quantity]") && event.target.closest("[data-sheet] .sheet-line");
    if (line) { lastLine = line; mark(line); }
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("button");
    if (!target) return;
    if (target.matches("[data-seen]")) seen();
    if (target.matches("[data-print-now]")) window.print();
    if (target.matches("[data-typing]")) {
      painted.typing = !painted.typing;
      target.setAttribute("aria-pressed", String(painted.typing));
      box().inputMode = painted.typing ? "text" : "none";
      box().blur();
      box().focus();
    }
    if (target.matches("[data-camera-on]")) look();
    if (target.matches("[data-camera-off]")) one("#camera").close();
  });
  document.addEventListener("cancel", (event) => { if (event.target.id === "blocked") event.preventDefault(); }, true);

  // -- the camera, where the browser can read codes by itself

  const look = async () => {
    const window_ = one("#camera");
    const video = one("video", window_);
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch { return; }
    window_.showModal();
    await video.play();
    const reader = new BarcodeDetector();
    while (window_.open) {
      const found = await reader.detect(video).catch(() => []);
      if (found.length) { window_.close(); scanned(found[0].rawValue); break; }
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    video.srcObject.getTracks().forEach((each) => each.stop());
  };

  const begin = () => {
    if (!hand()) return;
    painted();
    if (one("[data-refused-scan]")) block(say("Unknown"), one("[data-refused-scan]").dataset.refusedScan);
    const kept = localStorage.getItem(KEPT);
    if (kept) deliver(JSON.parse(kept));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
