// "More rows" without a round trip: the last row is copied empty and numbered on. Without this the server adds them.
for (const button of document.querySelectorAll('[data-behaviour="more-rows"]')) {
  button.addEventListener("click", (event) => {
    const list = button.closest(".repeat").querySelector("ul");
    const last = list.lastElementChild;
    if (!last) return;
    event.preventDefault();
    const number = list.children.length;
    const row = last.cloneNode(true);
    for (const one of row.querySelectorAll("[name], [id], [for]")) {
      for (const attribute of ["name", "id", "for"]) {
        const value = one.getAttribute(attribute);
        if (value) one.setAttribute(attribute, value.replace(/-\d+-/, `-${number}-`));
      }
      if (one.type === "checkbox") one.checked = false;
      else if ("value" in one) one.value = "";
      if (one.tagName === "SELECT") one.selectedIndex = 0;
    }
    for (const error of row.querySelectorAll(".field__error")) error.remove();
    list.append(row);
    row.querySelector("input, select")?.focus();
  });
}
