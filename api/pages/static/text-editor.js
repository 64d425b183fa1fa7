// A text is written as it will look, or as HTML; the field that is sent is the textarea. Whatever
// is written here is cleaned by the server.

const TOOLS = [
  ["Bold", "B", "bold"],
  ["Italic", "I", "italic"],
  ["Heading", "H", "formatBlock", "h2"],
  ["Smaller heading", "h", "formatBlock", "h3"],
  ["Paragraph", "¶", "formatBlock", "p"],
  ["List", "•", "insertUnorderedList"],
  ["Numbered list", "1.", "insertOrderedList"],
  ["Quotation", "❝", "formatBlock", "blockquote"],
  ["Link", "Link", "createLink"],
  ["Undo", "↺", "undo"],
];

for (const entry of document.querySelectorAll("[data-editor]")) enrich(entry);

function enrich(entry) {
  const source = entry.querySelector("textarea");
  const label = entry.querySelector("label");
  const written = document.createElement("div");
  written.className = "written prose";
  written.contentEditable = "true";
  written.setAttribute("role", "textbox");
  written.setAttribute("aria-multiline", "true");
  written.setAttribute("aria-label", label.textContent.trim());
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (source.hasAttribute(name)) written.setAttribute(name, source.getAttribute(name));
  }
  const bar = toolbar(written, label.textContent.trim());
  const swap = document.createElement("button");
  swap.type = "button";
  swap.textContent = "HTML";
  swap.setAttribute("aria-pressed", "false");
  swap.addEventListener("click", () => turn(source, written, bar, swap));
  bar.append(swap);
  source.before(bar);
  source.before(written);
  fill(written, source.value);
  const writing = document.activeElement === source;
  source.hidden = true;
  if (writing) continueIn(written);
  label.addEventListener("click", () => (written.hidden ? source : written).focus());
  written.addEventListener("input", () => {
    source.value = written.innerHTML;
  });
  written.addEventListener("paste", (event) => {
    event.preventDefault();
    const html = event.clipboardData.getData("text/html");
    const plain = event.clipboardData.getData("text/plain");
    document.execCommand(html ? "insertHTML" : "insertText", false, html ? harmless(html) : plain);
  });
  written.addEventListener("keydown", (event) => {
    if (event.key === "Escape") bar.querySelector("button").focus();
  });
}

// Whoever began to write before this was loaded goes on where they were.
function continueIn(written) {
  written.focus();
  getSelection().selectAllChildren(written);
  getSelection().collapseToEnd();
}

function toolbar(written, label) {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `Form of ${label}`);
  for (const [words, sign, command, value] of TOOLS) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.title = words;
    button.setAttribute("aria-label", words);
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => apply(written, command, value));
    bar.append(button);
  }
  bar.addEventListener("keydown", (event) => {
    const buttons = [...bar.querySelectorAll("button:not(:disabled)")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    buttons[next].focus();
  });
  return bar;
}

function apply(written, command, value) {
  written.focus();
  if (command === "createLink") {
    value = prompt("Address of the page", "https://");
    if (!value) return;
  }
  document.execCommand(command, false, value);
  written.dispatchEvent(new Event("input"));
}

function turn(source, written, bar, swap) {
  const html = source.hidden;
  if (!html) fill(written, source.value);
  source.hidden = !html;
  written.hidden = html;
  swap.setAttribute("aria-pressed", String(html));
  for (const each of bar.querySelectorAll("button")) if (each !== swap) each.disabled = html;
  (html ? source : written).focus();
}

function fill(written, html) {
  written.innerHTML = harmless(html);
}

// Nothing that is pasted or stored runs here, nor takes its styles along.
function harmless(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const each of page.querySelectorAll("script, style, iframe, object, embed, link, meta, form, input, button")) {
    each.remove();
  }
  for (const each of page.body.querySelectorAll("*")) {
    for (const { name, value } of [...each.attributes]) {
      const runs = name.startsWith("on") || /^\s*(javascript|data):/i.test(value);
      if (runs || name === "style" || name === "class" || name === "id") each.removeAttribute(name);
    }
  }
  return page.body.innerHTML;
}
