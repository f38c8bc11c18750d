// What allauth's script says when a browser makes or uses no passkey, told to whoever waits for it.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const told = document.getElementById("passkey-problem");
  if (told) {
    told.hidden = false;
    told.focus();
  }
});

// Buttons that ask for a passkey do nothing before allauth's script has taken them, so until then they take no click.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-passkey]")) button.disabled = false;
});
