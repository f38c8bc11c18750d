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

// Where somebody founds a company, its time zone is probably the browser's: proposed, and theirs to change. A browser may
// call it by an older name than the list does.
for (const list of document.querySelectorAll("select[data-zone-of-browser]")) {
  const known = (zone) => new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  const own = known();
  const zones = [...list.options].map((option) => option.value);
  const found = zones.find((zone) => zone === own) ?? zones.find((zone) => known(zone) === own);
  if (found) list.value = found;
}
