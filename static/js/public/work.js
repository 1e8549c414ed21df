/** Put ALTCHA's widget where a form asks for work, and hold its button until the browser is done; without script a code is sent instead. */
const places = document.querySelectorAll('[data-behaviour="work"]');
if (places.length && globalThis.crypto?.subtle) {
  await import("../../vendor/altcha.js");
  for (const place of places) show(place);
}

/** The widget works in a worker of ours: the pages' CSP allows no other. */
function show(place) {
  const { worker, challenge, strings } = place.dataset;
  const words = JSON.parse(strings);
  globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(worker));
  globalThis.$altcha.i18n.set(words.language, { ...globalThis.$altcha.i18n.get("en"), ...words });
  const widget = document.createElement("altcha-widget");
  const set = { challenge, name: "work", auto: "onload", language: words.language, workers: "2" };
  for (const [name, value] of Object.entries(set)) widget.setAttribute(name, value);
  widget.setAttribute("configuration", JSON.stringify({ hideFooter: true, hideLogo: true, humanInteractionSignature: false }));
  const button = place.closest("form").querySelector("[data-waits]");
  button.disabled = true;
  widget.addEventListener("statechange", (event) => {
    button.disabled = event.detail.state === "verifying";
  });
  place.append(widget);
}
