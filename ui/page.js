// Runs once, in the panel. A link to "#document=…" opens a source at its quoted words, wherever on the page it stands.
const panel = document.getElementById("panel");
let opener = null;

const show = (hash) => {
  panel.dataset.reading = "yes";
  panel.setAttribute("aria-busy", "true");
  trigger("click", Object.fromEntries(new URLSearchParams(hash.slice(1))));
};

const close = () => {
  delete panel.dataset.reading;
  if (opener?.isConnected) opener.focus();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const hash = link?.getAttribute("href");
  if (!hash?.startsWith("#") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (hash === "#close") return close();
  if (!panel.contains(link)) opener = link;
  show(hash);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});

watch("value", () => {
  panel.removeAttribute("aria-busy");
  element.querySelector("[tabindex='-1']")?.focus({ preventScroll: true });
  const words = element.querySelector("mark.words") ?? element.querySelector("mark");
  const down = words ? words.getBoundingClientRect().top - panel.getBoundingClientRect().top : 0;
  panel.scrollTop = words ? panel.scrollTop + down - panel.clientHeight / 3 : 0;
});

if (location.hash.startsWith("#document=")) show(location.hash);

// Keeps the last question at the top while its answer grows, until the reader scrolls. The log may come after this runs.
let questions = 0;
let following = true;
for (const kind of ["wheel", "touchmove", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest?.("#log")) following = false;
  }, { passive: true });
}
new MutationObserver((changes) => {
  const log = document.getElementById("log");
  if (!changes.some((change) => log?.contains(change.target))) return;
  const asked = log.querySelectorAll(".asked");
  if (asked.length !== questions) following = true;
  questions = asked.length;
  if (following) asked[questions - 1]?.scrollIntoView({ block: "start" });
}).observe(document.body, { childList: true, subtree: true });
