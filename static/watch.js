// What is being sent is shown as it goes: the server draws the parts of the page that change. Nothing is watched while
// nobody looks, because a browser has few connections to a host.
(() => {
  const page = document.querySelector("[data-events]");
  if (!page || !window.EventSource) return;
  const drawn = new Map(); // what the server drew last: a menu that is open looks otherwise
  for (const part of page.querySelectorAll("[data-part]")) drawn.set(part.id, part.innerHTML);
  const show = (next) => {
    for (const part of next.querySelectorAll("[data-part]")) {
      const shown = document.getElementById(part.id);
      const text = part.innerHTML;
      if (!shown || drawn.get(part.id) === text) continue;
      drawn.set(part.id, text);
      const at = shown.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      shown.replaceChildren(...part.childNodes);
      if (at) shown.querySelector(`[href="${CSS.escape(at)}"]`)?.focus();
    }
  };
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
  let source = null;
  let over = false;
  // Where the stream is refused the page is asked for, with the header by which a request is no activity of the session.
  const ask = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/event-stream" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const next = parsed(await answer.text());
    over = !next.querySelector("[data-events]");
    const parts = [...document.querySelectorAll("[data-part]")];
    if (parts.every((part) => next.getElementById(part.id))) show(next);
    else location.reload();
  };
  const stop = () => {
    source?.close();
    source = null;
  };
  const watch = () => {
    if (source || over || document.hidden) return;
    source = new EventSource(page.dataset.events);
    source.addEventListener("part", (event) => show(parsed(event.data)));
    source.addEventListener("done", () => {
      stop();
      location.reload();
    });
    source.addEventListener("end", () => {
      over = true;
      stop();
    });
    source.onerror = () => {
      if (source?.readyState !== EventSource.CLOSED) return; // it connects again by itself
      stop();
      ask();
      setTimeout(watch, 10000);
    };
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : watch()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", watch);
  watch();
})();
