export { createHandler, type Handler, type HandlerOptions } from "./create-handler.ts";
export { createServer, type EarshotServer, type StandaloneOptions } from "./create-server.ts";
export type { ServerOptions } from "./options.ts";
export { type Earshot, registerEarshot } from "./register-earshot.ts";
export type { RefusalCode } from "./request-error.ts";
