import { findElement } from "../views/elements.ts";
import { Toasts } from "../views/toasts.ts";
import { App } from "./app.ts";

const app = new App();
// Two tasks, for one would hold up the page for longer than a frame.
setTimeout(() => {
  app
    .start()
    .finally(keepOffline)
    .catch((problem: unknown) => {
      new Toasts(findElement("toasts", HTMLDivElement)).show(problem);
    });
});

/** Keeps the page on the device, in the built folder only, and says when it works without a network. */
async function keepOffline(): Promise<void> {
  const line = findElement("offline-line", HTMLParagraphElement);
  if (import.meta.env.MODE === "development" || !("serviceWorker" in navigator)) return; // insecure pages have none
  const { serviceWorker } = navigator;
  const say = () => {
    line.textContent = navigator.onLine
      ? "Kept on this device: this page also works offline."
      : "Offline: this page works from this device.";
  };
  await serviceWorker.register(new URL("service-worker.js", document.baseURI));
  await serviceWorker.ready;
  say();
  addEventListener("online", say);
  addEventListener("offline", say);
}
