"use strict";

// Every page works without the script: it spares keystrokes and warns; the server decides.
document.documentElement.classList.add("js");

// The icon is set here before the browser fetches it: as a file it would be one more request of every first visit.
document.querySelector("link[rel=icon]").href = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0a5aa8"/>' +
  '<path d="M16 6.5a9.5 9.5 0 1 0 .01 0M16 10.5V16l4 2.6" fill="none" stroke="#fff" stroke-width="2.6"/></svg>')}`;

// A table that fits its sheet does not scroll in it, so that its header can be sticky.
(() => {
  const fit = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      target.classList.toggle("fits", target.querySelector("table").offsetWidth <= target.clientWidth);
    }
  });
  for (const sheet of document.querySelectorAll(".sheet:has(> table)")) fit.observe(sheet);
})();

// Escape closes the menu, and is Cancel on a page that asks for confirmation.
(() => {
  const menu = document.querySelector("details.me");
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (menu?.open) {
      menu.open = false;
      menu.firstElementChild.focus();
    } else if (!event.target.closest("input, select, textarea")) document.querySelector("[data-escape]")?.click();
  });
  addEventListener("click", (event) => { if (menu && !menu.contains(event.target)) menu.open = false; });

  // A summary of problems gets the focus where autofocus did not, as on a page that was restored.
  const summary = document.querySelector("main [autofocus]");
  if (summary && document.activeElement === document.body) summary.focus();
})();
