// Rows of a form (data-row within data-rows): one more is added, and each can be taken away.
// Without this there are a few empty rows to fill in, and an empty one is not saved.

for (const rows of document.querySelectorAll("[data-rows]")) arrange(rows);

function arrange(rows) {
  const add = document.createElement("button");
  add.type = "button";
  add.className = "plain";
  add.textContent = rows.dataset.add ?? "Add a row";
  add.addEventListener("click", () => {
    const last = [...rows.querySelectorAll("[data-row]")].at(-1);
    const copy = blank(last, rows.querySelectorAll("[data-row]").length);
    last.after(copy);
    copy.querySelector("input:not([type=hidden]), textarea")?.focus();
  });
  rows.append(add);
}

function blank(row, number) {
  const copy = row.cloneNode(true);
  for (const each of copy.querySelectorAll("[id], [for], [name], [aria-describedby]")) {
    for (const name of ["id", "for", "name", "aria-describedby"]) {
      const value = each.getAttribute(name);
      if (value) each.setAttribute(name, value.replace(/([/-])\d+(?=([/-]\D*)?$)/, `$1${number}`));
    }
  }
  for (const each of copy.querySelectorAll("input, textarea, select")) {
    if (each.type === "checkbox") each.checked = false;
    else if (each.tagName === "SELECT") each.selectedIndex = 0;
    else if (each.type !== "hidden" || /(^|\/)(left_|right_)?id$/.test(each.name)) each.value = "";
    each.removeAttribute("aria-invalid");
  }
  for (const each of copy.querySelectorAll(".wrong, .theirs")) each.remove();
  for (const each of copy.querySelectorAll("label, legend")) {
    each.innerHTML = each.innerHTML.replace(/\d+(?=\s|$|<)/, String(number + 1));
  }
  return copy;
}
