// On a narrow screen the chosen day is scrolled into sight.
for (const bar of document.querySelectorAll('[data-behaviour="daybar"]')) {
  const day = bar.querySelector("[aria-current]");
  if (day) bar.scrollLeft = day.offsetLeft - bar.offsetLeft - (bar.clientWidth - day.clientWidth) / 2;
}
