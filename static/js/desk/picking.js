// Pick rows of a table: a range by shift, all of the page, arrows between boxes; what is picked stays so on the other
// pages of the same filters, in this tab. Without this the boxes and buttons do, page by page.
function keyOf(address) {
  const asked = new URLSearchParams(address.search);
  for (const name of ["page", "sort"]) asked.delete(name);
  asked.sort();
  return `picked ${address.pathname}?${asked}`;
}

function recall(key) {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
  } catch {
    return new Set();
  }
}

function remember(key, picked) {
  try {
    if (picked.size) sessionStorage.setItem(key, JSON.stringify([...picked]));
    else sessionStorage.removeItem(key);
  } catch {
    // A browser that stores nothing picks page by page.
  }
}

for (const form of document.querySelectorAll('[data-behaviour="picking"]')) {
  const boxes = [...form.querySelectorAll('input[name="s"]')];
  const here = new Set(boxes.map((box) => box.value));
  const page = form.querySelector("[data-page]");
  const away = form.querySelector("[data-away]");
  const key = keyOf(location);
  let picked = new Set();
  let last = null;

  function show() {
    const ticked = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked));
    page.checked = ticked > 0 && ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
    form.querySelector("[data-count]").textContent = String(picked.size);
    for (const button of form.querySelectorAll("[data-none]")) button.disabled = picked.size === 0;
    form.querySelector("[data-clear]").hidden = picked.size === 0;
    away.hidden = picked.size === ticked;
    away.querySelector("b").textContent = String(picked.size - ticked);
  }

  function keep() {
    for (const box of boxes) picked[box.checked ? "add" : "delete"](box.value);
    remember(key, picked);
    show();
  }

  function restore() {
    picked = recall(key);
    for (const box of boxes) box.checked = picked.has(box.value);
    show();
  }

  function pick(from, to, checked) {
    const [first, end] = from < to ? [from, to] : [to, from];
    for (const box of boxes.slice(first, end + 1)) box.checked = checked;
  }

  boxes.forEach((box, number) => {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) pick(last, number, box.checked);
      last = number;
      keep();
    });
    box.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const next = step && boxes[number + step];
      if (!next) return;
      event.preventDefault();
      if (event.shiftKey) pick(number, number + step, true);
      last = number + step;
      next.focus();
      keep();
    });
  });
  page.addEventListener("click", () => {
    pick(0, boxes.length - 1, page.checked);
    keep();
  });
  form.querySelector("[data-clear]").addEventListener("click", () => {
    remember(key, new Set());
    restore();
    page.focus();
  });
  form.addEventListener("formdata", (event) => {
    for (const code of picked) if (!here.has(code)) event.formData.append("s", code);
  });
  page.hidden = false;
  form.querySelector("[data-said]").hidden = false;
  window.addEventListener("pageshow", restore);
  restore();
}
