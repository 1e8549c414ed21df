// Choose what to publish: a box per group ticks all of it, and the number of what is chosen follows. Without this
// each box is ticked by hand, and the number is that of the page.
for (const form of document.querySelectorAll("[data-choosing]")) {
  const boxes = [...form.querySelectorAll('input[name="sessions"]')];
  const groups = [...form.querySelectorAll("[data-group]")].map((every) => ({
    every,
    own: [...every.closest("tbody").querySelectorAll('input[name="sessions"]')],
  }));

  function show() {
    const count = String(boxes.filter((box) => box.checked).length);
    for (const told of form.querySelectorAll("[data-chosen]")) told.textContent = count;
    for (const { every, own } of groups) {
      const ticked = own.filter((box) => box.checked).length;
      every.hidden = own.length === 0;
      every.checked = ticked > 0 && ticked === own.length;
      every.indeterminate = ticked > 0 && ticked < own.length;
    }
  }

  for (const { every, own } of groups) {
    every.addEventListener("change", () => {
      for (const box of own) box.checked = every.checked;
      show();
    });
  }
  for (const box of boxes) box.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}
