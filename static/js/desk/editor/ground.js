// What every start in every room would be for the session that is held: strips over the rows, and where a pointer is.
const CLASSES = { ".": "free", s: "soft", m: "dear" };
const MOST_NAMES = 2;
export const blocked = (sign) => sign !== undefined && !(sign in CLASSES);

/** Where rows and minutes lie on the board; all in pixels of the board itself. */
export class Ground {
  constructor(board, first, last) {
    [this.board, this.first, this.last] = [board, first, last];
    this.layer = document.createElement("div");
    this.layer.className = "ground";
    this.layer.setAttribute("aria-hidden", "true");
    board.append(this.layer);
    const origin = board.getBoundingClientRect();
    this.rows = new Map();
    for (const row of board.querySelectorAll("tr[data-room]")) {
      const box = row.getBoundingClientRect();
      const own = this.rows.get(row.dataset.room);
      if (own) own.bottom = box.bottom - origin.top;
      else this.rows.set(row.dataset.room, { top: box.top - origin.top, bottom: box.bottom - origin.top, name: row.dataset.name });
    }
    const head = board.querySelector("tr[data-room] th").getBoundingClientRect();
    this.left = head.right - origin.left;
    this.width = board.querySelector("table").getBoundingClientRect().right - origin.left - this.left;
  }

  x(minute) {
    return this.left + ((minute - this.first) / (this.last - this.first)) * this.width;
  }

  /** Draw the signs of the cells, runs of the same sign as one; `letters`: what a forbidden one shows. */
  draw(cells, letters) {
    this.cells = cells;
    const parts = document.createDocumentFragment();
    for (const [room, row] of this.rows) {
      const signs = cells.rooms[room];
      if (!signs) continue;
      for (let from = 0; from < signs.length; ) {
        let to = from;
        while (to < signs.length && signs[to] === signs[from]) to += 1;
        parts.append(this.part(signs[from], cells.starts[from], cells.starts[to - 1] + cells.step, row, letters));
        from = to;
      }
    }
    this.layer.append(parts);
  }

  part(sign, begin, end, row, letters) {
    const own = document.createElement("i");
    own.className = `cell cell--${CLASSES[sign] ?? "blocked"}`;
    own.dataset.cell = sign;
    own.textContent = blocked(sign) ? (letters[sign] ?? "") : "";
    const [left, right] = [Math.max(begin, this.first), Math.min(end, this.last)];
    own.style.left = `${this.x(left)}px`;
    own.style.width = `${Math.max(0, this.x(right) - this.x(left))}px`;
    own.style.top = `${row.top}px`;
    own.style.height = `${row.bottom - row.top}px`;
    return own;
  }

  /** Draw the ways of the held session's people to where else they are that day. */
  ways(from, ways, minutes) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "ground__ways");
    const origin = this.board.getBoundingClientRect();
    const middle = (block) => {
      const box = block.getBoundingClientRect();
      return [box.left + box.width / 2 - origin.left, box.top + box.height / 2 - origin.top];
    };
    for (const way of ways) {
      const block = this.board.querySelector(`.block[data-session="${way.session}"]`);
      if (!block || !from) continue;
      const [[x1, y1], [x2, y2]] = [middle(from), middle(block)];
      const line = document.createElementNS(svg.namespaceURI, "path");
      line.setAttribute("d", `M${x1} ${y1}L${x2} ${y2}`);
      const text = document.createElementNS(svg.namespaceURI, "text");
      text.setAttribute("x", (x1 + x2) / 2);
      text.setAttribute("y", (y1 + y2) / 2);
      const [some, more] = [way.people.slice(0, MOST_NAMES).join(" "), way.people.length - MOST_NAMES];
      text.textContent = `${some}${more > 0 ? ` +${more}` : ""} ${minutes.replace("0", way.minutes)}`;
      svg.append(line, text);
    }
    this.layer.append(svg);
  }

  /** Return the cell under a point of the window; `grab`: minutes of the session left of the pointer. */
  at(clientX, clientY, grab = 0) {
    const origin = this.board.getBoundingClientRect();
    const [x, y] = [clientX - origin.left, clientY - origin.top];
    if (x < this.left || x > this.left + this.width || !this.cells) return null;
    for (const [room, row] of this.rows) {
      if (y < row.top || y >= row.bottom) continue;
      const minute = this.first + ((x - this.left) / this.width) * (this.last - this.first) - grab;
      return this.cell(room, Math.round(minute / this.cells.step) * this.cells.step);
    }
    return null;
  }

  cell(room, minute) {
    const n = this.cells.starts.indexOf(minute);
    const row = this.rows.get(room);
    if (n < 0 || !row) return null;
    return { room, minute, sign: this.cells.rooms[room]?.[n], name: row.name };
  }

  /** Return the next cell by keys: so many rows down, so many steps right; the same where there is none. */
  next(cell, down, right) {
    const rooms = [...this.rows.keys()];
    const room = rooms[Math.min(rooms.length - 1, Math.max(0, rooms.indexOf(cell.room) + down))];
    return this.cell(room, cell.minute + right * this.cells.step) ?? cell;
  }

  mark(cell, minutes) {
    this.unmark();
    if (!cell) return;
    const row = this.rows.get(cell.room);
    this.here = this.part(cell.sign, cell.minute, cell.minute + minutes, row, {});
    this.here.className = `cell cell--here${blocked(cell.sign) ? " cell--no" : ""}`;
    this.layer.append(this.here);
  }

  unmark() {
    this.here?.remove();
    this.here = null;
  }

  remove() {
    this.layer.remove();
  }
}
