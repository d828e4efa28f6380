// Says that a file is too large before it is sent: a browser that is still sending may never show the node's answer.
// Without this script the node says it. The sentences come with the page, in its language.

const inputs = document.querySelectorAll("input[type=file][data-most-bytes]");

/** Returns the sentence for what was chosen, or an empty text when it may be sent. */
function findFault(input) {
  const files = [...input.files];
  const { mostBytes, mostFiles, tooLarge, tooMany, tooMuch } = input.dataset;
  if (mostFiles && files.length > Number(mostFiles)) return tooMany ?? tooLarge;
  if (files.some((file) => file.size > Number(mostBytes))) return tooLarge;
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return total > Number(mostBytes) ? (tooMuch ?? tooLarge) : "";
}

/** Returns the place of the sentence, before the input, where a fault that the node found would stand. */
function placeOf(input) {
  const id = `${input.id || input.name}-fault`;
  const found = document.getElementById(id);
  if (found) return found;
  const place = document.createElement("p");
  place.id = id;
  place.className = "field__error";
  place.setAttribute("role", "alert");
  place.hidden = true;
  input.before(place);
  return place;
}

function tie(input, id, isTied) {
  const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean));
  if (isTied) ids.add(id);
  else ids.delete(id);
  if (ids.size) input.setAttribute("aria-describedby", [...ids].join(" "));
  else input.removeAttribute("aria-describedby");
}

function check(input) {
  const fault = findFault(input);
  const place = placeOf(input);
  place.textContent = fault;
  place.hidden = !fault;
  tie(input, place.id, Boolean(fault));
  if (fault) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  return !fault;
}

for (const input of inputs) {
  placeOf(input); // so that a screen reader knows the place before it speaks
  input.addEventListener("change", () => check(input));
  input.form?.addEventListener("submit", (event) => {
    if (check(input)) return;
    event.preventDefault();
    input.focus();
  });
}
