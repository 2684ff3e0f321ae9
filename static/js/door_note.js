// Who stands in for somebody, or is not on the list: a helper writes it down in words, and the organiser decides.
import { filled } from "./door_screen.js";

export class Note {
  // `find` gives the people whose names begin as typed; `noted` is told the words.
  constructor(screen, words, { find, noted }) {
    Object.assign(this, { at: screen.at, words, noted, standsFor: null });
    const { at } = this;
    at("stand-in").addEventListener("click", () => this.ask(true));
    at("walk-in").addEventListener("click", () => this.ask(false));
    at("whom").addEventListener("input", () => screen.people(at("whom-found"), find(at("whom").value), () => false, (person) => this.choose(person)));
    at("note-form").addEventListener("submit", (event) => this.write(event));
    at("cancel").addEventListener("click", () => at("note").close());
  }

  ask(forSomebody) {
    const { at, words } = this;
    this.standsFor = null;
    at("note-title").textContent = forSomebody ? words.whom : words.who_came;
    at("whom").value = at("who-came").value = "";
    at("whom-found").replaceChildren();
    this.step(forSomebody ? "whom" : "who");
    at("note").showModal();
  }

  step(name) {
    const { at } = this;
    at("whom-step").hidden = name !== "whom";
    at("who-step").hidden = at("write").hidden = name !== "who";
    setTimeout(() => at(name === "whom" ? "whom" : "who-came").focus(), 0);
  }

  choose(person) {
    this.standsFor = person;
    this.at("note-title").textContent = filled(this.words.stands_for, person);
    this.step("who");
  }

  write(event) {
    const { at, words, standsFor } = this;
    event.preventDefault();
    if (at("who-step").hidden) return at("whom-found").querySelector("button")?.focus();
    const typed = at("who-came").value.trim();
    if (!typed) return;
    at("note").close();
    this.noted(standsFor ? filled(words.stands_for_words, { name: standsFor.name, office: standsFor.office, words: typed }) : typed);
  }
}
