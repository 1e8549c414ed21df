// A form that must not be sent twice: the second click is swallowed until the page comes back.
for (const form of document.querySelectorAll('form[data-behaviour="once"]')) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => (sent = false));
}
