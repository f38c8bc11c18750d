/* What Unfold's pages and Django's own widgets leave unsaid to a screen reader, said, on every page of the admin.

   Their markup comes partly from templates and partly from scripts that run later (Select2, SimpleBar, the filters of
   many choices, an inline's new row), so it is looked at again whenever something is added to the page. */
"use strict";

{
  /** The words of the label of a field, marked so that others can be named by it. */
  const labelOf = field => {
    const label = field.labels?.[0];
    if (label && !label.id) label.id = `${field.id}-label`;
    return label?.id;
  };

  const nameParts = () => {
    document.getElementById("main")?.setAttribute("role", "main");
    const names = { "nav-sidebar-inner": "Menu", "tabs-items": "Parts of this page", "tabs-dropdown": "More parts of this page" };
    for (const [id, name] of Object.entries(names)) document.getElementById(id)?.setAttribute("aria-label", name);
    for (const tabs of document.querySelectorAll("nav:not([id], [aria-label])")) tabs.setAttribute("aria-label", "More");
  };

  /** A part that scrolls is called by the heading of what it is in. */
  const nameScrolled = () => {
    for (const [n, part] of document.querySelectorAll(".simplebar-content-wrapper").entries()) {
      const heading = part.closest("fieldset[aria-labelledby]")?.getAttribute("aria-labelledby");
      const inSidebar = part.closest("#nav-sidebar-inner");
      if (heading && document.getElementById(heading)) part.setAttribute("aria-labelledby", heading);
      else part.setAttribute("aria-label", inSidebar ? "Menu, which scrolls" : `Scrolls, ${n + 1}`);
    }
  };

  /** Django's choice of one of many is a select that Select2 puts something else in the place of. */
  const nameChoices = () => {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const label = labelOf(select);
      const shown = label && select.nextElementSibling?.querySelector(".select2-selection");
      const value = shown?.querySelector(".select2-selection__rendered");
      if (!value) continue;
      if (value.id) shown.setAttribute("aria-labelledby", `${label} ${value.id}`);
      value.setAttribute("aria-labelledby", label);
    }
    for (const help of document.querySelectorAll(".help-tooltip[aria-label]:not([role])")) help.setAttribute("role", "img");
  };

  /** In a table of parts a field is called by the head of its column. */
  const nameCells = () => {
    for (const table of document.querySelectorAll("table[data-inline-formset]")) {
      for (const head of table.querySelectorAll("thead th")) {
        if (head.textContent.trim()) continue;
        const words = document.createElement("span");
        words.className = "see1-heard";
        words.textContent = "Remove";
        head.append(words);
      }
      for (const cell of table.querySelectorAll("td[data-label]")) {
        for (const field of cell.querySelectorAll("input:not([type=hidden]), select, textarea")) {
          if (!field.labels?.length) field.setAttribute("aria-label", cell.dataset.label.trim());
        }
      }
    }
  };

  const nameAll = () => [nameParts, nameScrolled, nameChoices, nameCells].forEach(name => name());

  document.addEventListener("DOMContentLoaded", () => {
    nameAll();
    new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });
  });
}
