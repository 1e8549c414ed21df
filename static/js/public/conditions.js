/** Hide the questions that do not apply: those whose `data-when` field has none of the answers in `data-among`. Without script all are shown, each with its condition, and the server leaves out what does not apply. */
const conditional = [...document.querySelectorAll("[data-when]")];
const answersTo = (name) =>
  [...document.getElementsByName(name)].filter((input) => (input.checked || !/radio|checkbox/.test(input.type)) && !input.closest("[data-when][hidden]")).map((input) => input.value);
const settle = () => {
  for (const part of conditional) {
    const among = part.dataset.among.split(" ");
    part.hidden = !answersTo(part.dataset.when).some((value) => among.includes(value));
  }
};
for (const hint of document.querySelectorAll(".field__if")) hint.hidden = true;
document.addEventListener("change", settle);
settle();
