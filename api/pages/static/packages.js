// Shows how far packages are; without a script a link looks again.

const EVERY_MS = 1000;

async function look() {
  const shown = document.getElementById("packages");
  if (!shown || !("making" in shown.dataset)) return;
  await new Promise((resume) => setTimeout(resume, EVERY_MS));
  const answer = await fetch(location.href).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("packages");
  if (fresh) shown.replaceWith(fresh);
  return look();
}

look();
