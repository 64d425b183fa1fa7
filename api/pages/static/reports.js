// The builder, made nicer: only the ways of comparing that fit a field, and no more empty rows
// than needed. Without this script everything works; what does not fit is told.

const known = new Map(
  [...document.querySelectorAll("#operators data")].map((each) => [each.value, each.textContent.split(" ")]),
);
const rows = [...document.querySelectorAll(".condition")];

function parts(row) {
  const [field, operator] = row.querySelectorAll("select");
  return { field, operator, value: row.querySelector("input, textarea") };
}

function fit(row) {
  const { field, operator, value } = parts(row);
  const fitting = known.get(field.value) ?? [];
  for (const option of operator.options) {
    option.hidden = option.disabled = option.value !== "" && !fitting.includes(option.value);
  }
  if (field.value && !fitting.includes(operator.value)) operator.value = fitting[0];
  if (!field.value) operator.value = "";
  value.disabled = operator.value.startsWith("is_");
}

function show() {
  const used = rows.findLastIndex((row) => parts(row).field.value);
  rows.forEach((row, at) => (row.hidden = at > used + 1));
}

for (const row of rows) {
  row.addEventListener("change", () => {
    fit(row);
    show();
  });
  fit(row);
}
show();
