// What this phone keeps of a door, so that it survives a closed page and a dead battery: the list, what waits to be
// sent, and what the server would not take. All of it is sealed with a key that only the door's address gives.
const KEPT = { meta: "key", lists: "door", queue: "id", troubles: "id" };
const PROOF_LETTERS = 16;

export function newId() {  // crypto.randomUUID is not there on plain http
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function database() {
  const request = indexedDB.open("door", 1);
  request.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(KEPT)) request.result.createObjectStore(name, { keyPath });
  };
  return asked(request);
}

async function keyFrom(token) {
  if (!crypto.subtle) return null;
  const whole = await crypto.subtle.importKey("raw", new TextEncoder().encode(token), "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: new TextEncoder().encode("door, at rest") };
  return crypto.subtle.deriveKey(how, whole, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export async function openStore(token) {
  const store = new Store(token.slice(0, -PROOF_LETTERS), await database(), await keyFrom(token));
  await store.load();
  return store;
}

class Store {
  // `queue` and `troubles` are what is on the disk of this door, oldest first; `others` counts what other doors left.
  constructor(door, db, key) {
    Object.assign(this, { door, db, key, queue: [], troubles: [], others: 0, device: "" });
  }

  async load() {
    const known = await this.all("meta");
    this.device = known.find((row) => row.key === "device")?.value ?? newId();
    this.clockOff = known.find((row) => row.key === "clock")?.value ?? 0;
    await this.write(["meta"], (meta) => meta.put({ key: "device", value: this.device }));
    await this.write(["lists"], (lists, old) => old.forEach((row) => lists.delete(row.door)),
      (await this.all("lists")).filter((row) => Date.parse(row.until) < Date.now() - this.clockOff));
    await this.look();
    this.troubles = await this.opened(await this.all("troubles"));
  }

  // What waits on the disk now: another page of the same door may have taken something in, or sent it.
  async look() {
    const before = new Set(this.queue.map((scan) => scan.id));
    const rows = await this.all("queue");
    const there = new Set(rows.map((row) => row.id));
    const more = await this.opened(rows.filter((row) => !before.has(row.id)));
    const left = this.queue.filter((scan) => !before.has(scan.id) || there.has(scan.id));
    const known = new Set(left.map((scan) => scan.id));
    this.queue = [...left, ...more.filter((scan) => !known.has(scan.id))];
    this.others = rows.filter((row) => row.door !== this.door).length;
  }

  async opened(rows) {
    const own = rows.filter((row) => row.door === this.door).sort((one, two) => one.order - two.order);
    return Promise.all(own.map((row) => this.unsealed(row)));
  }

  all(name) {
    return asked(this.db.transaction(name).objectStore(name).getAll());
  }

  // Resolves when it is on the disk, and not before: what the screen calls saved outlives a battery.
  write(names, act, ...given) {
    return new Promise((resolve, reject) => {
      const transaction = this.db.transaction(names, "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
      act(...names.map((name) => transaction.objectStore(name)), ...given);
    });
  }

  async sealed(value) {
    if (!this.key) return { plain: value };
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, bytes) };
  }

  async unsealed(row) {
    if (row.plain) return row.plain;
    const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, this.key, row.data);
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  async row(value) {
    return { id: value.id, door: this.door, order: Date.now(), ...await this.sealed(value) };
  }

  async keep(scan) {
    const row = await this.row(scan);
    await this.write(["queue"], (queue) => queue.put(row));
    this.queue.push(scan);
  }

  // The server has these: they wait no longer. What a person must see stays as a trouble.
  async settle(ids, troubles) {
    const rows = await Promise.all(troubles.map((trouble) => this.row(trouble)));
    await this.write(["queue", "troubles"], (queue, kept) => {
      ids.forEach((id) => queue.delete(id));
      rows.forEach((row) => kept.put(row));
    });
    this.queue = this.queue.filter((scan) => !ids.includes(scan.id));
    this.troubles.push(...troubles);
  }

  async dealtWith(id) {
    await this.write(["troubles"], (troubles) => troubles.delete(id));
    this.troubles = this.troubles.filter((trouble) => trouble.id !== id);
  }

  async keepClock(off) {
    this.clockOff = off;
    await this.write(["meta"], (meta) => meta.put({ key: "clock", value: off }));
  }

  // Without a key there is nothing to seal it with: then it lives as long as the page.
  async keepList(list) {
    if (!this.key) return;
    const row = { door: this.door, until: list.door.until, ...await this.sealed(list) };
    await this.write(["lists"], (lists) => lists.put(row));
  }

  async keptList() {
    const row = await asked(this.db.transaction("lists").objectStore("lists").get(this.door));
    return row ? this.unsealed(row) : null;
  }

  forgetList() {
    return this.write(["lists"], (lists) => lists.delete(this.door));
  }
}
