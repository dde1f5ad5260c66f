// The days to check arrive over some time. The time in a field is selected when the field gets the focus, so that another
// one is typed over it, also before all of the page is here.
(() => {
  const select = (input) => {
    if (input?.matches("input[data-select]") && input.value === input.defaultValue) input.select();
  };
  addEventListener("focusin", (event) => select(event.target));
  select(document.activeElement);
})();
