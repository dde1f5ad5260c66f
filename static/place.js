// Changing a time where it stands: a click on a punch, or on a place to add one, puts an input there. Its form is that of
// the clocking's own page, read meanwhile, so that what is sent is what that page would send. Without script, and with Ctrl
// or another button, the link leads to that page.
(() => {
  let opened = null; // one place at a time: another one would be lost when this one is sent

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const open = (link, words) => {
    const shown = link.querySelector("time")?.textContent ?? "";
    const input = element("input", { id: "place", type: "text", name: "timeOfDayInMinutes", inputMode: "numeric", autocomplete: "off", value: shown });
    input.setAttribute("aria-describedby", "place-hint");
    const cancel = element("button", { type: "button", className: "plain", textContent: words.cancel });
    const more = element("a", { className: "button plain", href: link.href, textContent: words.more });
    const form = element("form", { className: "place", method: "post" },
      element("label", { className: "unseen", htmlFor: "place", textContent: link.dataset.change }), input,
      element("button", { className: "main", textContent: link.dataset.verb }), cancel, more);
    const own = new URL(link.href);
    if (words.delete && own.pathname.endsWith("/edit")) {
      own.pathname = own.pathname.replace(/edit$/, "delete");
      form.append(element("a", { className: "button plain", href: own.href, textContent: words.delete }));
    }
    const hint = element("p", { className: "hint", id: "place-hint", textContent: words.hint });
    const alert = element("p", { className: "why", role: "alert" });
    const place = link.closest("ul") ?? link;

    let reading = null; // the form's page
    let ready = false;
    let waiting = false; // Enter was pressed meanwhile
    let sending = false;

    const read = async () => {
      try {
        const answer = await fetch(link.href);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const time = page.querySelector('form [name="timeOfDayInMinutes"]');
        if (!answer.ok || !time) throw new Error(answer.status);
        const filled = new FormData(time.form);
        // Whoever types means this date, and not one that somebody moved the clocking to meanwhile.
        if (link.dataset.on && JSON.parse(filled.get("opened")).date !== link.dataset.on) throw new Error("moved");
        for (const [name, value] of filled) {
          // What the form's page warns of is not seen here.
          if (name !== time.name && name !== "seen") form.append(element("input", { type: "hidden", name, value }));
        }
        form.action = time.form.getAttribute("action");
        ready = true;
        alert.textContent = "";
        if (time.value !== shown) {
          // Somebody changed it since this page was drawn: whoever typed has not seen that.
          waiting = false;
          alert.textContent = words.moved.replace("{time}", time.value);
        } else if (waiting) form.requestSubmit();
      } catch {
        waiting = false;
        alert.textContent = words.failed;
      }
      reading = null;
    };

    const dirty = () => !sending && input.value !== shown;
    const close = () => {
      if (!opened) return;
      opened = null;
      hint.remove();
      alert.remove();
      form.replaceWith(link);
      link.focus();
    };
    cancel.addEventListener("click", close);
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      close();
    });
    form.addEventListener("submit", (event) => {
      if (sending) return event.preventDefault();
      if (ready) {
        sending = true;
        form.ariaBusy = "true";
        return;
      }
      event.preventDefault();
      waiting = true;
      reading ??= read();
    });

    link.replaceWith(form);
    (place.isConnected ? place : form).after(hint, alert);
    keepTime(input);
    input.focus();
    input.select();
    opened = { dirty, close, input, back: () => { sending = false; form.removeAttribute("aria-busy"); } };
    reading = read();
  };

  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-change]");
    const words = link?.closest("[data-place]")?.dataset;
    if (!words || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (opened?.dirty()) return opened.input.focus();
    opened?.close();
    open(link, words);
  });
  addEventListener("beforeunload", (event) => { if (opened?.dirty()) event.preventDefault(); });
  addEventListener("pageshow", () => opened?.back());
})();
