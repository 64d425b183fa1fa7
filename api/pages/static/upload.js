// An upload that shows how far it is and can be cancelled. Without this the form sends itself.

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin(form);
  });
}

function begin(form) {
  const file = form.querySelector("input[type=file]").files[0];
  const status = statusOf(form);
  if (!file) return end(status, "Choose a file first.", true);
  const limit = Number(form.dataset.limit ?? Infinity);
  if (file.size > limit) {
    return end(status, `${file.name} has ${size(file.size)}; at most ${form.dataset.limitWords} are taken.`, true);
  }
  const request = new XMLHttpRequest();
  const started = Date.now();
  show(form, status, file, request);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progress(status, event.loaded, event.total, started);
  });
  request.upload.addEventListener("load", () => {
    status.querySelector("progress").removeAttribute("value");
    said(status, "It is all there. Checking it…");
  });
  request.addEventListener("load", () => arrived(form, status, request));
  request.addEventListener("error", () => {
    end(status, "The connection broke, and nothing was kept. Try again.", true);
    form.inert = false;
  });
  request.addEventListener("abort", () => {
    end(status, "Cancelled. Nothing was kept.", false);
    form.inert = false;
    form.querySelector("button").focus();
  });
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.send(fields(form));
  addEventListener("beforeunload", leaving);
  request.addEventListener("loadend", () => removeEventListener("beforeunload", leaving));
}

// The file comes last, so that what is wrong with the fields is found before it is sent.
function fields(form) {
  const given = [...new FormData(form)];
  const ordered = new FormData();
  for (const [name, value] of given) if (!(value instanceof File)) ordered.append(name, value);
  for (const [name, value] of given) if (value instanceof File) ordered.append(name, value);
  return ordered;
}

function arrived(form, status, request) {
  const went = new URL(request.responseURL || form.action);
  const elsewhere = went.pathname !== new URL(form.action).pathname;
  if (request.status < 300 && elsewhere) return location.assign(went);
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = page.querySelector("main");
  if (!main) {
    form.inert = false;
    return end(status, `The server did not take it (${request.status}). Nothing was kept.`, true);
  }
  document.title = page.title;
  document.querySelector("main").replaceWith(main);
  for (const each of main.querySelectorAll("form[data-upload]")) {
    each.addEventListener("submit", (event) => {
      event.preventDefault();
      begin(each);
    });
  }
  (main.querySelector("[role=alert], h1") ?? main).focus();
}

function leaving(event) {
  event.preventDefault();
}

function statusOf(form) {
  let status = form.parentElement.querySelector(".upload-status");
  if (!status) {
    status = document.createElement("section");
    status.className = "card upload-status";
    status.setAttribute("aria-label", "Upload");
    form.after(status);
  }
  return status;
}

function show(form, status, file, request) {
  form.inert = true;
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", `Upload of ${file.name}`);
  const words = document.createElement("span");
  words.className = "upload-words";
  words.textContent = "Beginning…";
  const live = document.createElement("span");
  live.className = "unseen";
  live.setAttribute("role", "status");
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "plain";
  cancel.textContent = "Cancel";
  cancel.addEventListener("click", () => request.abort());
  const name = document.createElement("b");
  name.textContent = file.name;
  const line = document.createElement("div");
  line.className = "row";
  line.append(words, cancel);
  status.replaceChildren(name, bar, line, live);
  cancel.focus();
}

function progress(status, loaded, total, started) {
  const percent = Math.floor((100 * loaded) / total);
  status.querySelector("progress").value = percent;
  const seconds = (Date.now() - started) / 1000;
  const left = Math.round((seconds / loaded) * (total - loaded));
  const rest = seconds > 2 && left > 1 ? `, about ${left < 90 ? `${left} s` : `${Math.round(left / 60)} min`} left` : "";
  status.querySelector(".upload-words").textContent = `${percent} %, ${size(loaded)} of ${size(total)}${rest}`;
  // A screen reader hears every fourth.
  const quarter = Math.floor(percent / 25) * 25;
  const live = status.querySelector("[role=status]");
  if (live.dataset.said !== String(quarter)) {
    live.dataset.said = quarter;
    live.textContent = `${quarter} percent`;
  }
}

function said(status, words) {
  status.querySelector(".upload-words").textContent = words;
  status.querySelector("[role=status]").textContent = words;
}

function end(status, words, wrong) {
  const told = document.createElement("p");
  told.className = wrong ? "wrong" : "";
  told.setAttribute("role", wrong ? "alert" : "status");
  told.textContent = words;
  status.replaceChildren(told);
}

function size(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1048576).toFixed(1)} MB`;
}
