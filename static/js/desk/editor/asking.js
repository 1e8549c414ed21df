// The editor's one dialog: a sentence, on wish a reason, and whether to go on; resolves to the reason, or null.
export const asking = (dialog, said, { reason }) =>
  new Promise((resolve) => {
    const field = dialog.querySelector("textarea");
    dialog.querySelector("[data-said]").textContent = said;
    dialog.querySelector("[data-reason]").hidden = !reason;
    [field.required, field.value] = [reason, ""];
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "go" ? field.value.trim() : null), { once: true });
    dialog.showModal();
  });
