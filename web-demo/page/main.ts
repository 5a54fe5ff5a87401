import { findElement } from "../views/elements.ts";
import { Toasts } from "../views/toasts.ts";
import { App } from "./app.ts";

new App().start().catch((problem: unknown) => {
  new Toasts(findElement("toasts", HTMLDivElement)).show(problem);
});
