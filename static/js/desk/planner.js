/** Bring parts of a page up to date: `data-again` from this address while its seconds run, `data-fetch` once from another. */
const part = async (address, id) => {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
};

const again = () => {
  const own = document.querySelector("[data-again]");
  if (!own) return;
  setTimeout(async () => {
    try {
      const fresh = document.hidden ? null : await part(location.href, own.id);
      if (fresh && !fresh.hasAttribute("data-again")) return location.reload();
      if (fresh) own.replaceWith(fresh);
    } catch {
      // off-line: the next round asks again
    }
    again();
  }, Number(own.dataset.again) * 1000);
};

const look = async (own) => {
  try {
    const found = await part(own.dataset.fetch, own.id);
    if (found) own.replaceWith(found);
  } catch {
    // the link in it leads to the same
  }
};

again();
document.querySelectorAll("[data-fetch]").forEach(look);
