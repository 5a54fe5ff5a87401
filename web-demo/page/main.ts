import { findElement } from "../views/elements.ts";
import { Toasts } from "../views/toasts.ts";
import { App } from "./app.ts";
import { keepOffline } from "./offline.ts";

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
