// The editor's one dialog: a sentence, on wish a reason, and whether to go on; resolves to the reason, or null.
// `never`: nothing gets past it, so there is nothing to choose.
export const asking = (dialog, said, { reason = false, never = false }) =>
  new Promise((resolve) => {
    const field = dialog.querySelector("textarea");
    dialog.querySelector("[data-said]").textContent = said;
    dialog.querySelector("[data-reason]").hidden = !reason;
    for (const button of dialog.querySelectorAll("[data-when]")) button.hidden = (button.dataset.when === "never") !== never;
    [field.required, field.value] = [reason, ""];
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "go" ? field.value.trim() : null), { once: true });
    dialog.showModal();
  });
