// Copying a figure, its table and its words. Without it the downloads stay.
"use strict";
{
  const status = document.getElementById("copied");
  const plain = (cell) => cell.textContent.trim().replace(/\s+/g, " ");
  const rows = (table) => [...table.rows].map((row) => [...row.cells].map(plain).join("\t"));
  const jobs = {
    copyImage: (id) => navigator.clipboard.write([new ClipboardItem({
      "image/png": fetch(document.getElementById(id).href).then((answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
        return answer.blob();
      }),
    })]),
    copyTable: (id) => navigator.clipboard.writeText(rows(document.getElementById(id)).join("\n")),
    copyText: (id) => navigator.clipboard.writeText(document.getElementById(id).textContent.trim()),
  };
  for (const [name, copy] of Object.entries(jobs)) {
    const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    for (const button of document.querySelectorAll(`button[data-${attribute}]`)) {
      if (!navigator.clipboard || !document.getElementById(button.dataset[name])) continue;
      button.hidden = false;
      button.addEventListener("click", async () => {
        try {
          await copy(button.dataset[name]);
          status.textContent = status.dataset.done;
        } catch {
          status.textContent = status.dataset.failed;
        }
      });
    }
  }
}
