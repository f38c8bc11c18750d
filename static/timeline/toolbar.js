// The controls above the timeline. Links among them work without a script too, and with a modifier key held.

/** Wire the toolbar in `root` to `act`: preset(name), pan(by), zoom(factor), now(), mode(name), place(slug), jump(text) → handled. */
export function wireToolbar(root, { may_book }, act) {
  const on = (selector, event, then) =>
    root.querySelectorAll(selector).forEach((node) => node.addEventListener(event, (e) => then(e, node)));
  const instead = (then) => (event, node) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    then(node);
  };
  on("[data-preset]", "click", instead((node) => act.preset(node.dataset.preset)));
  on("[data-pan]", "click", instead((node) => act.pan(Number(node.dataset.pan))));
  on("[data-zoom]", "click", instead((node) => act.zoom(Number(node.dataset.zoom))));
  on("[data-now]", "click", instead(() => act.now()));
  on("[data-place]", "change", (event, node) => act.place(node.value));
  on("[data-mode]", "change", (event, node) => act.mode(node.value));
  on("[data-jump]", "submit", (event, form) => {
    if (act.jump(new FormData(form).get("at").trim())) event.preventDefault();
  });
  setFirstMode(root, may_book, act);
}

/** A finger moves the timeline until it is told to draw; a mouse draws. */
function setFirstMode(root, mayBook, act) {
  const mode = matchMedia("(pointer: coarse)").matches || !mayBook ? "pan" : "select";
  root.querySelectorAll("[data-mode]").forEach((node) => (node.checked = node.value === mode));
  act.mode(mode);
}

export function showPreset(root, preset) {
  root.querySelectorAll("[data-preset]").forEach((node) => {
    if (node.dataset.preset === preset) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
  });
}

/** The instant of a typed day or time in GMT, `2027-03-04`, `2027/063` or `2027/063 14:20`; null for anything else. */
export function instantOf(text) {
  const planners = /^(\d{4})[/-](\d{3})(?:[ T](\d{2}):(\d{2}))?$/.exec(text);
  if (planners) {
    const [, year, day, hours = 0, minutes = 0] = planners.map((part) => Number(part ?? 0));
    return day >= 1 && day <= 366 && hours < 24 && minutes < 60 ? Date.UTC(year, 0, day, hours, minutes) : null;
  }
  const plain = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(plain) ? null : plain;
}
