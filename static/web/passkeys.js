// What allauth's script says when a browser makes or uses no passkey, told to whoever waits for it.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const told = document.getElementById("passkey-problem");
  if (told) {
    told.hidden = false;
    told.focus();
  }
});
