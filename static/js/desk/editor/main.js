// The timetable editor: a session is held by dragging or by the key M, every cell says what it would be, and is moved.
import { asking } from "./asking.js";
import { blocked, Ground } from "./ground.js";
import { Past } from "./past.js";
import { ask, refresh, send, watch } from "./wire.js";

const editor = document.querySelector('[data-behaviour="editor"]');
const own = editor.dataset;
const texts = Object.fromEntries([...editor.querySelectorAll("[data-text]")].map((e) => [e.dataset.text, e.textContent]));
const letters = Object.fromEntries([...editor.querySelectorAll("[data-sign]")].map((e) => [e.dataset.sign, e.textContent]));
const meanings = Object.fromEntries([...editor.querySelectorAll("[data-sign]")].map((e) => [e.dataset.sign, e.title]));
if (letters.x) letters.x += ` ${meanings.x}`;
const past = new Past(`editor:${own.week}`);
const part = (id) => document.getElementById(id);
const clock = (m) => `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
const local = (m) => `${own.day}T${clock(m)}`;
const find = (code) => document.querySelector(`[data-session="${code}"]`);
const address = (code, verb) => `${own.sessions}${code}/${verb}`;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const DRAG = 6;
const LIFTED = "[data-session], .block, .waiting li"; // what hands try to lift; who may not has no data-session

let held = null; // { code, title, minutes, from: {start, room} | null, version, ground, cell, grab }
let pressed = null;
let question = 0;

const say = (text) => {
  part("say").textContent = text;
  const toast = part("toast");
  toast.textContent = text;
  toast.hidden = !text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => (toast.hidden = true), Math.max(6000, text.length * 100));
};

/** Say why a session cannot be lifted that is not one's own. */
async function decline(element) {
  const code = (element.href ?? element.querySelector("a").href).split("/").at(-1);
  say((await ask(`${address(code, "cells")}?day=${own.day}`))?.said ?? texts.unknown);
}

const facts = (element) => {
  const { session: code, title, minutes, version, start, room, sized } = element.dataset;
  const from = room ? { start, room } : null;
  return { code, title, minutes: Number(minutes), version: version ?? "", sized, from };
};

async function lift(element) {
  drop();
  held = { ...facts(element), grab: 0, cell: null };
  element.classList.add("block--from");
  editor.classList.add("is-held");
  say(fill(texts.lifted, { title: held.title }));
  await survey();
}

async function survey() {
  const mine = held;
  const cells = await ask(`${address(mine.code, "cells")}?day=${own.day}`);
  if (held !== mine) return;
  if (!cells?.starts) {
    say(cells?.said ?? texts.unknown);
    return drop();
  }
  mine.ground?.remove();
  const table = part("board");
  mine.ground = new Ground(table.querySelector(".board"), Number(table.dataset.first), Number(table.dataset.last));
  mine.ground.draw(cells, letters);
  mine.ground.ways(table.querySelector(`.block[data-session="${mine.code}"]`), cells.ways, texts.minutes);
  if (mine.cell) mine.ground.mark(mine.cell, mine.minutes);
}

function drop() {
  if (!held) return;
  held.ground?.remove();
  find(held.code)?.classList.remove("block--from");
  editor.classList.remove("is-held");
  part("tip").hidden = true;
  held = null;
}

async function hover(cell, x, y) {
  if (!held?.ground) return;
  const same = cell && held.cell && cell.room === held.cell.room && cell.minute === held.cell.minute;
  held.cell = cell;
  const tip = part("tip");
  tip.hidden = !cell;
  if (!cell) return held.ground.unmark();
  [tip.style.left, tip.style.top] = [`${Math.max(8, Math.min(x + 16, innerWidth - 300))}px`, `${Math.min(y + 20, innerHeight - 180)}px`];
  if (same) return;
  held.ground.mark(cell, held.minutes);
  const head = `${clock(cell.minute)} ${cell.name} · ${meanings[cell.sign] ?? ""}`;
  tip.replaceChildren(line("b", head));
  part("say").textContent = head;
  const mine = ++question;
  await new Promise((done) => setTimeout(done, 120));
  if (mine !== question || !held) return;
  const verdict = await judge(held.code, cell);
  if (mine !== question || !held || !verdict.broken) return;
  held.verdict = verdict;
  const told = verdict.never ? [verdict.never] : [...verdict.broken.slice(0, 4), ...verdict.mended.slice(0, 2).map((said) => `${texts.mends}${said}`)];
  tip.append(...told.map((said) => line("p", said)));
  part("say").textContent = [head, ...told].join(" ");
}

const judge = async (code, cell) => {
  const query = new URLSearchParams({ start: local(cell.minute), room: cell.room });
  return { cell, ...(await ask(`${address(code, "verdict")}?${query}`)) };
};
const line = (name, text) => Object.assign(document.createElement(name), { textContent: text });

/** Change something; where the server wants a reason, ask for it; `true` once it is done. */
async function change(code, verb, values) {
  let answer = await send(address(code, verb), values, own.token);
  if (answer.reason) {
    const reason = await asking(part("ask"), answer.said, { reason: true });
    if (reason) answer = await send(address(code, verb), { ...values, reason }, own.token);
    else return null;
  }
  if (answer.ok) {
    if (verb !== "duration") past.note(code, answer.place?.version ?? "");
    await refresh();
    return answer;
  }
  if (answer.status === 403 && answer.said) await asking(part("ask"), answer.said, { never: true });
  else say(answer.said ?? texts.failed);
  if (answer.status === 409) await refresh();
  return null;
}

const place = (code, spot, version) =>
  spot ? change(code, "moves", { start: spot.start, room: spot.room, version }) : change(code, "unplacement", { version });

async function put(spot) {
  const { code, title, from, version } = held;
  if (spot && from && spot.start === from.start && spot.room === from.room) return drop();
  drop();
  const answer = await place(code, spot, version);
  if (!answer) return;
  past.push({ kind: "place", code, title, from, to: spot, version: answer.place?.version ?? "" });
  const found = answer.problems.filter((one) => one.stops);
  say(fill(spot ? texts.moved : texts.out, { title }) + (found.length ? ` ${found[0].said}` : ""));
  find(code)?.focus();
}

async function land(cell) {
  if (blocked(cell.sign)) {
    const mine = held;
    const verdict = mine.verdict?.cell === cell ? mine.verdict : await judge(mine.code, cell);
    const why = verdict.never ?? verdict.broken?.slice(0, 3).join(" ") ?? meanings[cell.sign] ?? "";
    if (held !== mine) return;
    const said = verdict.never ? `${texts.stays} ${why}` : fill(texts.barred, { place: `${clock(cell.minute)} ${cell.name}`, why });
    if ((await asking(part("ask"), said, { never: "never" in verdict })) === null || held !== mine) return drop();
  }
  await put({ start: local(cell.minute), room: cell.room });
}

async function resize(element, minutes) {
  const { code, title, minutes: before, sized } = facts(element);
  if (minutes === before || minutes < Number(own.step)) return;
  if (!(await change(code, "duration", { minutes, version: sized }))) return;
  past.push({ kind: "size", code, title, from: before, to: minutes });
  say(fill(texts.sized, { title, n: minutes }));
  find(code)?.focus();
}

const step = (back) =>
  past.step(back, async (one, undo) => {
    const wanted = undo ? one.from : one.to;
    const element = find(one.code);
    const done =
      one.kind === "size"
        ? element && (await change(one.code, "duration", { minutes: wanted, version: element.dataset.sized }))
        : await place(one.code, wanted, element?.dataset.version ?? one.version ?? "");
    if (done) say(fill(undo ? texts.undone : texts.redone, { title: one.title }));
    return Boolean(done);
  });

editor.addEventListener("pointerdown", (event) => {
  const element = event.target.closest(LIFTED);
  if (!element || event.button !== 0 || event.pointerType === "touch") return;
  pressed = { element, x: event.clientX, y: event.clientY, size: Boolean(event.target.closest("[data-size]")) };
});
editor.addEventListener("dragstart", (event) => event.preventDefault());

addEventListener("pointermove", (event) => {
  if (pressed && !pressed.moved && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > DRAG) {
    pressed.moved = true;
    if (!pressed.element.dataset.session) decline(pressed.element);
    else if (!pressed.size) {
      lift(pressed.element);
      const box = pressed.element.getBoundingClientRect();
      if (pressed.element.classList.contains("block")) held.grab = ((pressed.x - box.left) / box.width) * held.minutes;
    }
  }
  if (held?.ground && !part("ask").open) hover(held.ground.at(event.clientX, event.clientY, held.grab), event.clientX, event.clientY);
});

addEventListener("pointerup", async (event) => {
  const mine = pressed;
  pressed = null;
  if (mine?.moved) addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
  if (mine?.moved && mine.size) {
    const box = mine.element.getBoundingClientRect();
    const [minutes, grid] = [Number(mine.element.dataset.minutes), Number(own.step)];
    await resize(mine.element, Math.round(((event.clientX - box.left) / box.width) * (minutes / grid)) * grid);
  } else if (mine?.moved && held && mine.element.dataset.session) {
    if (event.target.closest("#waiting")) await (held.from ? put(null) : drop());
    else if (held.cell) await land(held.cell);
    else drop();
  } else if (!mine && held?.cell && event.target.closest(".board")) await land(held.cell);
});

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

addEventListener("keydown", async (event) => {
  if (part("ask").open || event.target.closest("input, textarea, select")) return;
  if ((event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase())) {
    event.preventDefault();
    return step(event.key.toLowerCase() === "z" && !event.shiftKey);
  }
  const element = event.target.closest("[data-session]");
  if (held) {
    if (event.key === "Escape") {
      find(held.code)?.focus();
      return drop();
    }
    if (event.key === "Delete" && held.from) return put(null);
    if (event.key === "Enter" && held.cell) {
      event.preventDefault();
      return land(held.cell);
    }
    if (event.key in ARROWS && held.ground) {
      event.preventDefault();
      const start = held.cell ?? first();
      const cell = held.cell ? held.ground.next(start, ...ARROWS[event.key]) : start;
      if (!cell) return;
      const row = held.ground.rows.get(cell.room);
      const origin = held.ground.board.getBoundingClientRect();
      return hover(cell, origin.left + held.ground.x(cell.minute), origin.top + row.bottom);
    }
  } else if (event.key.toLowerCase() === "m" && event.target.closest(LIFTED)) {
    event.preventDefault();
    return element ? lift(element) : decline(event.target.closest(LIFTED));
  } else if (element?.classList.contains("block") && ["+", "=", "-"].includes(event.key)) {
    event.preventDefault();
    const by = event.key === "-" ? -Number(own.step) : Number(own.step);
    return resize(element, Number(element.dataset.minutes) + by);
  }
});

/** Return the cell where a session that is held by keys begins: its own, else the first of the board. */
function first() {
  const { from, ground } = held;
  const minute = from?.start.startsWith(own.day) ? Number(from.start.slice(11, 13)) * 60 + Number(from.start.slice(14, 16)) : null;
  return (minute !== null && ground.cell(from.room, minute)) || ground.cell([...ground.rows.keys()][0], ground.cells.starts[0]);
}

for (const button of editor.querySelectorAll("[data-step]")) {
  button.hidden = false;
  button.addEventListener("click", () => step(button.dataset.step === "undo"));
}
for (const day of document.querySelectorAll(".daybar a")) {
  day.addEventListener("click", (event) => {
    if (!held) return;
    event.preventDefault();
    const target = new URL(day.href);
    target.searchParams.set("held", held.code);
    location.assign(target);
  });
}
watch(own.news, () => part("board").dataset.stamp, async (said) => {
  if (held) held.ground = null; // it lies on the board that goes; a pointer finds no cell there until the new one is drawn
  await refresh();
  if (held) {
    find(held.code)?.classList.add("block--from");
    await survey();
  }
  if (said.length) say(said.join(" "));
});
const carried = document.querySelector("#held[data-session]");
if (carried && part("board").querySelector(".board")?.offsetParent) lift(carried); // a phone has no board to drop on
else fetch(own.ready, { headers: { Accept: "application/json" } }).catch(() => {});
performance.mark("editor-ready");
