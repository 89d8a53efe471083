// Passkeys: what the browser's own dialogue gives is put into the form, which then posts like every other.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const told = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (made.response[name]) response[name] = text(made.response[name]);
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  };
  const challenge = (form) => new TextEncoder().encode(form.elements._proof.value);
  const ways = {
    get: (form) => navigator.credentials.get({
      publicKey: { challenge: challenge(form), userVerification: "required", timeout: 60000 },
    }),
    create: (form) => navigator.credentials.create({
      publicKey: {
        challenge: challenge(form),
        rp: { name: form.dataset.house },
        user: { id: new TextEncoder().encode(form.dataset.person), name: form.dataset.account, displayName: form.dataset.account },
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: form.dataset.known.split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: bytes(id) })),
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        timeout: 60000,
      },
    }),
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.closest("[data-passkey-box]").hidden = false;
    form.addEventListener("submit", (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      ways[form.dataset.passkey](form).then(
        (made) => { form.elements.answer.value = told(made); form.submit(); },
        () => { const note = form.querySelector("[data-passkey-note]"); note.hidden = false; note.focus(); });
    });
  }
})();
