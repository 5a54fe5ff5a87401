// The server as a program that reads its options from the environment, as containers give them: node main.js
import { once } from "node:events";
import process from "node:process";
import * as z from "zod";
import { UserError } from "../common/user-error.ts";
import { createServer } from "./index.ts";

const environmentSchema = z.object({
  EARSHOT_MODEL: z.string(),
  EARSHOT_HOST: z.string().default("127.0.0.1"),
  EARSHOT_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  EARSHOT_GRACE_SECONDS: z.coerce.number().min(0).default(30),
  /** Bearer tokens, by spaces or commas. */
  EARSHOT_TOKENS: z.string().default(""),
  /** Any other of StandaloneOptions, in JSON. */
  EARSHOT_OPTIONS: z.string().default("{}"),
});

try {
  const parsed = environmentSchema.safeParse(process.env);
  if (!parsed.success)
    throw new UserError(
      parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"),
    );
  const settings = parsed.data;
  const server = await createServer({
    ...z.record(z.string(), z.json()).parse(JSON.parse(settings.EARSHOT_OPTIONS)),
    model: settings.EARSHOT_MODEL,
    tokens: settings.EARSHOT_TOKENS.split(/[\s,]+/).filter((token) => token !== ""),
  });
  await server.app.listen({ host: settings.EARSHOT_HOST, port: settings.EARSHOT_PORT });
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await server.stop(settings.EARSHOT_GRACE_SECONDS);
} catch (error) {
  const isOfUser = error instanceof UserError || (error instanceof Error && "syscall" in error);
  console.error(isOfUser ? `error: ${error.message}` : error);
  process.exitCode = isOfUser ? 1 : 2;
}
