// A form that must not be sent twice: the second click is swallowed until the page comes back. What it is about was
// picked in a list (data-picked: its address), which lets go of it then; see picking.js.
function letGo(path) {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(`picked ${path}?`)) sessionStorage.removeItem(key);
  } catch {
    // A browser that stores nothing has nothing to let go of.
  }
}

for (const form of document.querySelectorAll('form[data-behaviour="once"]')) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    if (form.dataset.picked) letGo(form.dataset.picked);
  });
  window.addEventListener("pageshow", () => (sent = false));
}
