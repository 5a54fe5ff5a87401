/* global document, location, window */
// Without scripts two things are lost: a link to a section that is folded does not unfold it, and the text of whatever
// has `data-tip` is not shown under the pointer.
const unfold = () => {
  const section = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (section?.tagName !== "DETAILS") return;
  section.open = true;
  section.scrollIntoView();
};
window.addEventListener("hashchange", unfold);
unfold();

const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);

document.addEventListener("pointermove", (event) => {
  const mark = event.target.closest?.("[data-tip]");
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = mark.getAttribute("data-tip");
  const left = Math.min(event.clientX + 12, window.innerWidth - tip.offsetWidth - 8);
  const above = event.clientY - tip.offsetHeight - 12;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${above < 8 ? event.clientY + 20 : above}px`;
});
