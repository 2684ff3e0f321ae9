// Talks with the server: sends what waits, in the order in which it was taken in, and fetches the list. Tries again by
// itself, ever more slowly, until the server has said of each scan what became of it.
const MOST = 200, FIRST_WAIT = 1000, SLOWEST = 30000, GIVE_UP = 15000, EVERY = 20000, LIST_AT_MOST_EVERY = 4000;
const WRONG = [400, 413, 415];

export class Sender {
  // `heard` is told by how many milliseconds this phone's clock is ahead of the server's; `listed` a new list; `told`
  // the scans that were answered, each with its answer; `closed` that the door is over; `changed` that the connection
  // came or went.
  constructor(store, { heard, listed, told, closed, changed }) {
    Object.assign(this, { store, heard, listed, told, closed, changed });
    Object.assign(this, { sending: false, failures: 0, timer: 0, most: MOST, connected: null, listedAt: 0, isClosed: false });
    this.tried = new Set();  // the ids of what may have reached the server
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
    setInterval(() => this.failures || this.now(), EVERY);
  }

  now() {
    clearTimeout(this.timer);
    return this.round();
  }

  async round() {
    if (this.sending) { this.again = true; return; }
    this.sending = true;
    try {
      await this.store.look();
      do {
        this.again = false;
        await this.send();
      } while (this.again || this.store.queue.length);
      if (!this.isClosed && Date.now() - this.listedAt > LIST_AT_MOST_EVERY) await this.list();
      this.failures = 0;
      this.connection(true);
    } catch (error) {
      this.failures += 1;
      this.connection(error.answered ?? false);
      this.timer = setTimeout(() => this.round(), Math.min(FIRST_WAIT * 2 ** (this.failures - 1), SLOWEST));
    } finally {
      this.sending = false;
    }
  }

  connection(is) {
    if (this.connected === is) return;
    this.connected = is;
    this.changed(is);
  }

  async ask(address, options = {}) {
    const gaveUp = new AbortController();
    const timer = setTimeout(() => gaveUp.abort(), GIVE_UP);
    const began = Date.now();
    try {
      const response = await fetch(address, { cache: "no-store", redirect: "error", signal: gaveUp.signal, ...options });
      const isOurs = response.headers.get("Content-Type")?.startsWith("application/json");  // not a hotel's sign-in page
      const data = isOurs ? await response.json() : {};
      if (data.now) this.heard((began + Date.now()) / 2 - Date.parse(data.now));
      return { status: response.status, data };
    } finally {
      clearTimeout(timer);
    }
  }

  async send() {
    const batch = this.store.queue.slice(0, this.most);
    const scans = batch.map(({ id, at, off, code, registration, words, takes_back }) => ({ id, at, off, code, registration, words, takes_back }));
    if (navigator.onLine) batch.forEach(({ id }) => this.tried.add(id));
    const { status, data } = await this.ask("scans", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        device: this.store.device, sent: new Date().toISOString(),
        holds_back: this.store.queue.length - batch.length, scans,
      }),
    });
    if (WRONG.includes(status) && batch.length > 1) this.most = 1;  // one of them is wrong: the others must not wait for it
    if (data.refused && batch.length > 1) return;
    if (data.refused && batch.length) return this.settle(batch, [{ id: batch[0].id, answer: "refused", reason: "not_taken" }]);
    if (status !== 200 || !Array.isArray(data.answers)) throw await this.trouble(status, data);
    await this.settle(batch, data.answers);
    if (!data.open) await this.end();
  }

  async settle(batch, answers) {
    const scans = new Map(batch.map((scan) => [scan.id, scan]));
    const told = answers.filter((answer) => scans.has(answer.id)).map((answer) => [scans.get(answer.id), answer]);
    const differs = ([scan, { answer, reason }]) => answer === "waits" || (answer === "refused" && scan.said !== reason);
    const troubles = told.filter(differs).map(([scan, { answer, reason, says }]) => ({
      id: scan.id, at: new Date(this.store.moment(scan)).toISOString(), label: scan.label, answer, reason, says, scan,
    }));
    await this.store.settle(told.map(([scan]) => scan.id), troubles);
    this.most = MOST;
    await this.told(told);
  }

  async list() {
    const { status, data } = await this.ask("people");
    if (status === 410 && data.closed) return this.end();
    if (status !== 200 || !data.people) throw await this.trouble(status, data);
    this.listedAt = Date.now();
    await this.store.keepList(data).catch(() => null);  // a full phone still knows it until the page is closed
    this.listed(data);
  }

  async end() {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.store.forgetList();
    this.closed();
  }

  // Gone: the link is none any more. What waits is kept; the organiser can say what to do. Only our own server says so:
  // all else that is answered on the way is as if there were no network.
  async trouble(status, data) {
    const isGone = status === 404 && data.gone === true;
    if (isGone) await this.end();
    return Object.assign(new Error(`answered ${status}`), { answered: isGone });
  }
}
