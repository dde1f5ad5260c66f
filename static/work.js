// The work list: the time in a field is selected when the focus comes to it, so that another one is typed over it.
for (const input of document.querySelectorAll("input[data-select]")) {
  input.addEventListener("focus", () => input.select());
  if (document.activeElement === input) input.select();
}

