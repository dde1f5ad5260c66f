// Single keys. j and k visit the rows; what carries a key as data-key is done by it, of the current row first; ? opens the
// help in a dialog. None counts while something is typed, in a dialog, or with Ctrl, Alt or Cmd held. A page whose body
// has no data-keys has them switched off.
(() => {
  if (!("keys" in document.body.dataset)) return;
  const typed = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=submit], [type=button])";
  const row = () => document.querySelector("[data-row].at");
  const seen = (element) => element.checkVisibility();

  // The current row is the last one that had the focus.
  addEventListener("focusin", ({ target }) => {
    const next = target.closest("[data-row]");
    if (!next || next === row()) return;
    row()?.classList.remove("at");
    next.classList.add("at");
  });
  const visit = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")].filter(seen);
    const next = rows[row() ? rows.indexOf(row()) + step : 0];
    next?.querySelector("a[href], button, input:not([type=hidden], .tick *), select")?.focus();
    return Boolean(next);
  };
  // What is in a closed menu can be done, too, but what is in sight comes first.
  const carrier = (key) => {
    const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
    const near = all.filter((one) => row()?.contains(one));
    const some = near.length ? near : all.filter((one) => !one.closest("[data-row]:not([data-last])"));
    return some.find((one) => one === document.activeElement) ?? some.find(seen) ?? some[0];
  };
  const act = (key) => {
    const target = carrier(key);
    if (target?.matches(typed)) {
      target.focus();
      target.select?.();
    } else target?.click();
    return Boolean(target);
  };
  const help = async (link) => {
    const answer = await fetch(link.href).catch(() => null);
    const text = answer?.ok ? await answer.text() : "";
    const keys = new DOMParser().parseFromString(text, "text/html").getElementById("keys");
    if (!keys) return location.assign(link.href);
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "keys-title");
    dialog.append(keys);
    const close = keys.querySelector("form[method=dialog]");
    close.hidden = false;
    close.firstElementChild.autofocus = true;
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };
  addEventListener("keydown", (event) => {
    const { key, target } = event;
    // Belgian keyboards have [ and ] on AltGr, which counts as Ctrl with Alt.
    const held = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
    if (event.defaultPrevented || event.isComposing || held || document.querySelector("dialog[open]")) return;
    if (target.matches(typed)) {
      if (key === "Escape") target.blur(); // and the keys count again
      return;
    }
    if (key === "?") {
      const link = carrier(key);
      if (link) help(link);
      event.preventDefault();
    } else if (key === "j" || key === "k" ? visit(key === "j" ? 1 : -1) : key.length === 1 && key !== " " && act(key)) event.preventDefault();
  });
})();
