// The live count of an audience, and how far a download is. Both pages work without this.

const form = document.getElementById("requirement");
const counted = document.getElementById("counted");

function told({ count, names, problems }) {
  if (problems) return problems.join(" ");
  const others = count > names.length ? " and others" : "";
  const who = names.length ? `: ${names.join(", ")}${others}` : "";
  return `It concerns ${count} ${count === 1 ? "person" : "people"} now${who}.`;
}

async function recount(signal) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch("/compliance/audience", { method: "POST", body, signal });
  if (answer.ok || answer.status === 422) counted.textContent = told(await answer.json());
}

if (form && counted) {
  let waiting, running;
  form.addEventListener("input", (event) => {
    if (!/^(match|rule_|except_)/.test(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      running?.abort();
      running = new AbortController();
      recount(running.signal).catch(() => {});
    }, 250);
  });
}

const link = document.querySelector("[data-export]");
const status = document.getElementById("export");

async function download() {
  const total = Number(link.dataset.total) || 1;
  const bar = Object.assign(document.createElement("progress"), { max: total, value: 0 });
  bar.setAttribute("aria-label", "Rows exported");
  const words = document.createElement("span");
  status.replaceChildren(bar, words);
  const answer = await fetch(link.href);
  if (!answer.ok) throw new Error();
  const parts = [];
  let rows = -1;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    for (const byte of value) if (byte === 10) rows += 1;
    bar.value = rows;
    words.textContent = ` ${Math.max(rows, 0)} of ${total} rows`;
  }
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "");
  const made = document.createElement("a");
  made.href = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
  made.download = named?.[1] ?? "register.csv";
  made.click();
  URL.revokeObjectURL(made.href);
  status.textContent = `${Math.max(rows, 0)} rows were exported.`;
}

link?.addEventListener("click", (event) => {
  event.preventDefault();
  download().catch(() => {
    status.textContent = "The export failed. Try again.";
  });
});
