// The page prints well by itself; this opens the dialog, with every proof unfolded.

document.getElementById("print").addEventListener("click", () => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  print();
});
