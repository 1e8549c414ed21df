/** Copy the text or value of the element named by `data-copy` and say so in a live region. Without script the text can be selected. */
for (const button of document.querySelectorAll('[data-behaviour="copy"]')) {
  const source = document.getElementById(button.dataset.copy);
  const told = document.getElementById(button.dataset.told);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      told.textContent = button.dataset.done;
    } catch {
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      told.textContent = button.dataset.undone;
    }
  });
}
