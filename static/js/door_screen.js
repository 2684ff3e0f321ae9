// What the helper sees and hears. The words come with the page; this module knows how they are put.
const SIGNS = { on_time: "✓", late: "!", already_in: "↺", noted: "✎", waits: "…", taken_back: "↶", refused: "✕", ready: "", asking: "…", failed: "✕" };
const LOOKS = { on_time: "ok", late: "warn", already_in: "info", noted: "info", waits: "info", taken_back: "info", refused: "bad", ready: "", asking: "", failed: "bad" };
const TONES = { ok: [660, 990], warn: [660, 660], info: [520, 440], bad: [300, 180] };
const TIME = new Intl.DateTimeFormat("vi", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" });

export const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_whole, name) => values[name] ?? "");
export const timeOf = (moment) => TIME.format(new Date(moment));

export class Screen {
  constructor(root, words) {
    this.words = words;
    this.at = (name) => root.querySelector(`[data-door="${name}"]`);
    this.shown = "";
    // A browser lets a page sound only after somebody has touched it, and an iPhone takes that back after a call.
    const wake = () => {
      this.audio ??= new AudioContext();
      if (this.audio.state !== "running") this.audio.resume().catch(() => null);
    };
    for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, wake);
    this.at("undo").addEventListener("click", () => this.undo?.());
  }

  play(look) {
    navigator.vibrate?.(look === "bad" ? [180, 80, 180] : 70);
    const { audio } = this;
    if (audio?.state !== "running") return;
    TONES[look]?.forEach((tone, place) => {
      const [voice, volume, from] = [audio.createOscillator(), audio.createGain(), audio.currentTime + place * 0.16];
      voice.frequency.value = tone;
      voice.type = look === "bad" ? "square" : "sine";
      volume.gain.setValueAtTime(look === "bad" ? 0.15 : 0.35, from);
      volume.gain.exponentialRampToValueAtTime(0.001, from + 0.15);
      voice.connect(volume).connect(audio.destination);
      voice.start(from);
      voice.stop(from + 0.16);
    });
  }

  // The answer to whoever stands there. `id` is the scan's, so that what comes later about it finds its place.
  show(said, { id = "", kept = "" } = {}) {
    const look = LOOKS[said.answer];
    const box = this.at("answer");
    box.className = `door-answer ${look}`;
    box.dataset.answer = said.answer;
    box.dataset.reason = said.reason ?? "";
    this.at("sign").textContent = SIGNS[said.answer];
    this.at("word").textContent = this.words.reasons[said.reason] ?? this.words.answers[said.answer];
    this.at("who").textContent = said.name ?? "";
    this.at("apart").textContent = [said.person?.apart, said.person?.office].filter(Boolean).join(" · ");
    this.at("more").textContent = this.more(said);
    this.kept(kept);
    this.shown = id;
    this.canUndo(null);
    if (said.answer === "ready" || said.answer === "asking") return;
    this.play(look);
    // The same answer twice is seen to be a new one.
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) box.animate([{ opacity: 0.2 }, { opacity: 1 }], 200);
  }

  more(said) {
    if (said.answer === "already_in" && said.since) return filled(said.door ? this.words.since_at : this.words.since, { time: timeOf(said.since), door: said.door });
    if (said.where) return filled(this.words.where, { where: said.where });
    return this.words.hints[said.hint || said.reason || said.answer] ?? "";
  }

  kept(state) {
    const line = this.at("kept");
    line.textContent = this.words.kept[state] ?? "";
    line.dataset.kept = state;
  }

  // What the helper can still take back of what is shown, or null.
  canUndo(undo) {
    this.undo = undo;
    this.at("undo").hidden = !undo;
  }

  head({ door, half, next, counts }) {
    this.at("door").textContent = door.name;
    this.at("course").textContent = door.course;
    this.at("half").textContent = half?.label ?? (next ? filled(this.words.begins, { ...next, time: timeOf(next.from) }) : this.words.no_half_day);
    this.at("counts").textContent = half ? filled(this.words.counts, counts) : "";
  }

  waiting(number, { others, unreadable }, connected) {
    const line = this.at("waiting");
    line.textContent = number ? filled(this.words.waiting, { number }) : this.words.all_sent;
    line.className = `state ${number ? "warn" : "ok"}`;
    line.dataset.waiting = number;
    this.at("network").hidden = connected !== false;
    this.at("others").hidden = !others;
    this.at("others").textContent = filled(this.words.others, { number: others });
    this.at("unreadable").hidden = !unreadable;
    this.at("unreadable").textContent = filled(this.words.unreadable, { number: unreadable });
  }

  clock(minutes) {
    const line = this.at("clock");
    line.hidden = Math.abs(minutes) <= 5;
    const [off, hours] = [Math.abs(minutes), Math.floor(Math.abs(minutes) / 60)];
    const kind = hours >= 48 ? "days" : hours ? "hours" : "minutes";
    const by = filled(this.words[kind], { days: Math.round(hours / 24), hours, minutes: off % 60 });
    line.textContent = filled(minutes > 0 ? this.words.clock_ahead : this.words.clock_behind, { by });
  }

  troubles(list, dealtWith) {
    this.at("troubles").hidden = !list.length;
    this.at("trouble-list").replaceChildren(...list.map((trouble) => {
      const [item, what, why, button] = ["li", "b", "span", "button"].map((name) => document.createElement(name));
      // What the server never took is on this phone alone: all that was read is shown.
      what.textContent = [timeOf(trouble.at), trouble.label, !trouble.says && !trouble.scan?.person && trouble.scan?.code].filter(Boolean).join(" · ");
      why.textContent = trouble.says ?? `${this.words.reasons[trouble.reason]}. ${this.words.hints[trouble.reason]}`;
      Object.assign(button, { type: "button", className: "btn", textContent: this.words.dealt_with });
      button.addEventListener("click", () => dealtWith(trouble.id));
      item.append(what, why, button);
      return item;
    }));
  }

  // People to choose from: a button each, with what tells them apart and whether they are in.
  people(place, people, isIn, chosen) {
    place.replaceChildren(...people.map((person) => {
      const [item, button, name, rest] = ["li", "button", "b", "span"].map((tag) => document.createElement(tag));
      Object.assign(button, { type: "button", className: "door-person" });
      button.dataset.person = person.id;
      name.textContent = person.name;
      rest.textContent = [person.apart, person.office, isIn(person) && this.words.is_in].filter(Boolean).join(" · ");
      button.append(name, rest);
      button.addEventListener("click", () => chosen(person));
      item.append(button);
      return item;
    }));
  }
}
