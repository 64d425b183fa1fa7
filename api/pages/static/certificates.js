// The preview of a certificate template while it is written.

const WAIT = 350;

const form = document.querySelector("form[data-preview]");
const picture = document.getElementById("picture");
const nothing = document.getElementById("nothing");
const told = document.getElementById("told");
let waiting;
let asked;

if (form) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, WAIT);
  });
  document.getElementById("show").addEventListener("click", (event) => {
    event.preventDefault();
    show();
  });
}

async function show() {
  clearTimeout(waiting);
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  picture.setAttribute("aria-busy", "true");
  try {
    say(await ask("?picture=no", signal));
    draw(await ask("", signal));
  } catch (error) {
    if (error.name === "AbortError") return;
    tell([line("The preview did not come; it is tried again with the next change.")]);
  }
  picture.removeAttribute("aria-busy");
}

async function ask(query, signal) {
  const answer = await fetch(form.dataset.preview + query, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/json" },
    signal,
  });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function draw(answer) {
  const address = answer.picture;
  if (address) picture.src = address;
  picture.hidden = !address && picture.src === "data:,";
  picture.classList.toggle("old", !address);
  nothing.hidden = !picture.hidden;
  say(answer);
}

function say({ problems, unknown }) {
  const parts = [];
  if (problems.length) {
    const list = document.createElement("ul");
    list.className = "amiss";
    list.append(...problems.map((each) => item(each)));
    parts.push(list);
  }
  if (unknown.length) parts.push(wanted(unknown));
  tell(parts);
}

function wanted(unknown) {
  const sentence = line("Each certificate must give: ");
  unknown.forEach((each, index) => {
    sentence.append(index ? ", " : "", code(each.name));
    if (each.meant) sentence.append(" (or did you mean ", code(each.meant), "?)");
  });
  sentence.append(".");
  return sentence;
}

function tell(parts) {
  const now = parts.map((each) => each.outerHTML).join("");
  if (told.dataset.said === now) return;
  told.dataset.said = now;
  told.replaceChildren(...parts);
}

function line(text) {
  const sentence = document.createElement("p");
  sentence.className = "small";
  sentence.textContent = text;
  return sentence;
}

function item(text) {
  const entry = document.createElement("li");
  entry.textContent = text;
  return entry;
}

function code(name) {
  const word = document.createElement("code");
  word.textContent = name;
  return word;
}
