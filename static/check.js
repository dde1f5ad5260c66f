// The button that sends names how many rows the ticks leave, and posts the number.
(() => {
  const sends = document.querySelector("input[name=sends]");
  const button = document.querySelector("[data-sends]");
  if (!sends || !button) return;
  const ticks = [...document.querySelectorAll("input[name=row]")];
  const rest = Number(sends.value) - ticks.filter((tick) => tick.defaultChecked).length;
  const show = () => {
    const count = rest + ticks.filter((tick) => tick.checked).length;
    sends.value = count;
    button.textContent = count === 1 ? button.dataset.one : button.dataset.sends.replace("#", count);
  };
  for (const tick of ticks) tick.addEventListener("change", show);
  addEventListener("pageshow", show);
  // Where every row is ready, Enter sends. A key that is held down since the page before does not.
  if (!("ready" in button.dataset) || document.querySelector("[autofocus]")) return;
  button.addEventListener("keydown", (event) => { if (event.repeat) event.preventDefault(); });
  button.focus({ preventScroll: true });
})();

// A check that takes more than one request goes on by itself.
(() => {
  const button = document.querySelector("button[data-goes-on]");
  button?.form.requestSubmit(button);
})();
