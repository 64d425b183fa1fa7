// A form that is marked by data-swap is sent in the background; of the page that comes as the
// answer the same part (data-outline, …) takes the place of the one that is there.

export async function send(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    body: new URLSearchParams(body),
    headers: { Accept: "text/html" },
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { ok: answer.ok, page };
}

export function tell(words) {
  let said = document.getElementById("said");
  if (!said) {
    said = document.createElement("p");
    said.id = "said";
    said.className = "unseen";
    said.setAttribute("role", "status");
    document.querySelector("main").prepend(said);
  }
  said.textContent = words;
}

// What is wrong takes the place of what was said at the top of the page.
export function refused(page) {
  const alert = page.querySelector(".alert, [role=alert]");
  const shown = document.createElement("div");
  shown.className = "alert";
  shown.setAttribute("role", "alert");
  shown.textContent = alert ? alert.textContent.trim() : "That did not work. Load the page again.";
  document.querySelector("main > .alert")?.remove();
  document.querySelector("main").prepend(shown);
}
