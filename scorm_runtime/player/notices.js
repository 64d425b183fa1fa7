// What the learner is told: a line above the content, a question in its way, and the spoken word.

/** The line above the content. Everything that it says is spoken too, by one live region. */
export class Notices {
  constructor(line, announcer) {
    this.line = line;
    this.announcer = announcer;
  }

  /** Say something to who does not see the page. */
  say(text) {
    this.announcer.textContent = text;
  }

  get shown() {
    return !this.line.hidden;
  }

  /** Show a text; `actions` are [label, function] pairs, the first what most want. Without text it goes. */
  show(kind, text = "", actions = []) {
    this.line.hidden = !text;
    this.line.dataset.kind = kind;
    const said = document.createElement("p");
    said.textContent = text;
    const made = actions.map(button);
    made[0]?.classList.add("primary");
    this.line.replaceChildren(said, ...made);
    if (text) this.say(text);
  }

  clear(kind) {
    if (this.line.dataset.kind === kind) this.show(kind);
  }

  /** Put the keyboard on the first thing that can be done. */
  focus() {
    this.line.querySelector("button")?.focus();
  }
}

function button([label, act]) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

/** A question that has to be answered before the course goes on: "back" or "here". */
export class Question {
  constructor(dialog) {
    this.dialog = dialog;
    dialog.addEventListener("cancel", (event) => event.preventDefault());
  }

  /** Resolves to the answer, or to "freed" as soon as `freed` resolves. */
  ask(text, freed) {
    this.dialog.querySelector("p").textContent = text;
    if (!this.dialog.open) this.dialog.showModal();
    return new Promise((resolve) => {
      for (const choice of this.dialog.querySelectorAll("button")) {
        choice.onclick = () => resolve(choice.value);
      }
      freed.then(() => resolve("freed"), () => undefined);
    }).finally(() => this.dialog.close());
  }
}
