// What was done in this tab, to be undone and done again; it outlives a change of day.
const MOST = 50;

export class Past {
  constructor(key) {
    this.key = key;
    try {
      ({ done: this.done, undone: this.undone } = JSON.parse(sessionStorage.getItem(key)));
    } catch {
      [this.done, this.undone] = [[], []];
    }
  }

  push(change) {
    this.done = [...this.done, change].slice(-MOST);
    this.undone = [];
    this.keep();
  }

  /** Take the last change back by `act(change, back)`, or do it again; it stays where it was if that is refused. */
  async step(back, act) {
    const [from, to] = back ? [this.done, this.undone] : [this.undone, this.done];
    const change = from.at(-1);
    if (!change || !(await act(change, back))) return;
    to.push(from.pop());
    this.keep();
  }

  /** Remember the version that a session has by now. */
  note(code, version) {
    for (const change of [...this.done, ...this.undone]) if (change.code === code) change.version = version;
    this.keep();
  }

  keep() {
    sessionStorage.setItem(this.key, JSON.stringify({ done: this.done, undone: this.undone }));
  }
}
