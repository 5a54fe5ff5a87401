import { findElement } from "../views/elements.ts";

/** Keeps the page on the device, in the built folder only, and says when it works without a network. */
export async function keepOffline(): Promise<void> {
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
