import type { FastifyInstance } from "fastify";
import type { EarshotServer, StandaloneOptions } from "./create-server.ts";
import type { Earshot, RegisterOptions } from "./register-earshot.ts";

export { createHandler, type Handler, type HandlerOptions } from "./create-handler.ts";
export type { EarshotServer, StandaloneOptions } from "./create-server.ts";
export type { ServerOptions } from "./options.ts";
export type { Earshot, RegisterOptions } from "./register-earshot.ts";
export type { RefusalCode } from "./request-error.ts";

// Fastify and its plugins are loaded on the first call, so that `createHandler` needs none of them.

/**
 * Adds the routes of `docs/server.md` to a Fastify instance, under `prefix` or at its root, with workers of their own,
 * which end when the instance closes.
 *
 *     const app = fastify();
 *     await registerEarshot(app, { model: "model.onnx" });
 *     await app.listen({ port: 8080 });
 *
 * @throws UserError for options or a model that cannot be used
 */
export async function registerEarshot(app: FastifyInstance, options: RegisterOptions): Promise<Earshot> {
  const { addEarshot } = await import("./register-earshot.ts");
  return addEarshot(app, options);
}

/**
 * The same routes as a server of their own; call `app.listen` on it.
 *
 *     const { app } = await createServer({ model: "model.onnx" });
 *     await app.listen({ port: 8080 });
 *
 * @throws UserError
 */
export async function createServer(options: StandaloneOptions): Promise<EarshotServer> {
  const { openServer } = await import("./create-server.ts");
  return openServer(options);
}
