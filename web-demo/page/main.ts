import { findElement } from "../views/elements.ts";
import { Toasts } from "../views/toasts.ts";
import { App } from "./app.ts";
import { keepOffline } from "./offline.ts";

new App()
  .start()
  .finally(keepOffline)
  .catch((problem: unknown) => {
    new Toasts(findElement("toasts", HTMLDivElement)).show(problem);
  });
