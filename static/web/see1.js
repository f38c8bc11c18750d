// What the pages do beyond HTML; without it everything still works.

// A form that is sent is not sent again by a second click. The server would notice too. A file leaves the page and its
// form where they are, for what is to be sent next.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.submitter?.dataset.file !== undefined) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A form that leads to a part of its own answer is answered anew, even where it asks for what the page shows already: the
// browser would only go to that part.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const address = new URL(form.action, location);
  if (form.method !== "get" || !address.hash) return;
  address.search = new URLSearchParams(new FormData(form));
  if (address.pathname + address.search !== location.pathname + location.search) return;
  event.preventDefault();
  location.hash = address.hash;
  document.querySelector(address.hash)?.scrollIntoView(); // the hash leads nowhere where it stands there already
  location.reload();
});

// Where somebody founds a company, its time zone is probably the browser's: proposed, and theirs to change. A browser may
// call it by an older name than the list does.
for (const list of document.querySelectorAll("select[data-zone-of-browser]")) {
  const known = (zone) => new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  const own = known();
  const zones = [...list.options].map((option) => option.value);
  const found = zones.find((zone) => zone === own) ?? zones.find((zone) => known(zone) === own);
  if (found) list.value = found;
}
