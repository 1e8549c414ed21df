// Pick rows of a table: a range by shift, all of the page, arrows between boxes. Without this the boxes and buttons do.
for (const form of document.querySelectorAll('[data-behaviour="picking"]')) {
  const boxes = [...form.querySelectorAll('input[name="s"]')];
  const page = form.querySelector("[data-page]");
  const count = form.querySelector("[data-count]");
  const bar = form.querySelector("[data-none]");
  let last = null;

  function show() {
    const picked = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked));
    count.textContent = String(picked);
    bar.disabled = picked === 0;
    page.checked = picked === boxes.length;
    page.indeterminate = picked > 0 && picked < boxes.length;
  }

  function pick(from, to, checked) {
    const [first, end] = from < to ? [from, to] : [to, from];
    for (const box of boxes.slice(first, end + 1)) box.checked = checked;
  }

  boxes.forEach((box, number) => {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) pick(last, number, box.checked);
      last = number;
      show();
    });
    box.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const next = step && boxes[number + step];
      if (!next) return;
      event.preventDefault();
      if (event.shiftKey) pick(number, number + step, true);
      last = number + step;
      next.focus();
      show();
    });
  });
  page.addEventListener("click", () => {
    pick(0, boxes.length - 1, page.checked);
    show();
  });
  page.hidden = false;
  form.querySelector("[data-said]").hidden = false;
  window.addEventListener("pageshow", show);
  show();
}
