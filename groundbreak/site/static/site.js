// Polish only: everything works without it.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll("details.clock[open]")) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.clock[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
// On a narrow window the filters wait behind their heading; on a wide one they stand open.
const narrow = window.matchMedia("(max-width: 62rem)");
const fold = () => {
  for (const facets of document.querySelectorAll("details.facets")) facets.open = !narrow.matches;
};
fold();
narrow.addEventListener("change", fold);
document.addEventListener("htmx:afterSwap", fold);
