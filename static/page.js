"use strict";

// Every page works without the script: it spares keystrokes and warns; the server decides.
document.documentElement.classList.add("js");

// A first visit has those rules of the stylesheet in the page that it needs. The file is added when somebody first does
// something, with the rest of the rules and for the next page.
(() => {
  const { style } = document.currentScript.dataset;
  if (!style) return;
  const once = new AbortController();
  const add = () => {
    once.abort();
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
  };
  for (const type of ["pointermove", "pointerdown", "keydown"]) addEventListener(type, add, { signal: once.signal });
})();

// Escape closes an open menu, and is Cancel on a page that asks for confirmation. A click outside closes menus, too.
(() => {
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.firstElementChild.focus();
    } else if (!event.target.closest("input, select, textarea")) document.querySelector("[data-escape]")?.click();
  });
  addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // A summary of problems gets the focus where autofocus did not, as on a page that was restored.
  const summary = document.querySelector("main [autofocus]");
  if (summary && document.activeElement === document.body) summary.focus();
})();

// A second submit within two seconds, as of a double click, is ignored, and the form shows that it is being sent. The
// server makes one request of them in any case.
for (const form of document.querySelectorAll("form[method=post]")) {
  let sent = 0;
  form.addEventListener("submit", (event) => {
    if (Date.now() - sent < 2000) return event.preventDefault();
    sent = Date.now();
    form.ariaBusy = "true";
  });
  addEventListener("pageshow", () => {
    sent = 0;
    form.removeAttribute("aria-busy");
  });
}

// The banner of the last change stays in view: nothing that has the focus is scrolled below it.
(() => {
  const banner = document.getElementById("done");
  if (!banner) return;
  const measure = () => {
    const root = document.documentElement;
    root.style.scrollPaddingTop = getComputedStyle(banner).position === "sticky" ? `${banner.offsetHeight + 24}px` : "";
    if (document.activeElement !== document.body) document.activeElement.scrollIntoView({ block: "nearest" });
  };
  new ResizeObserver(measure).observe(banner);
})();

// A link is copied where the browser can. Where it cannot, a button is hidden and a link is followed.
for (const copy of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  copy.hidden = false;
  copy.addEventListener("click", async (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(new URL(copy.dataset.copy || copy.href, location.href));
      copy.textContent = copy.dataset.copied;
    } catch {
      if (copy.href) location.assign(copy.href);
    }
  });
}
