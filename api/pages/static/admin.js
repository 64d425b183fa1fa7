// Copies what a field shows: secrets and links that are shown once.

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const input = document.getElementById(button.dataset.copies);
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
    } catch {
      document.execCommand("copy");
    }
    button.firstChild.textContent = "Copied";
    setTimeout(() => { button.firstChild.textContent = "Copy"; }, 2000);
  });
}
