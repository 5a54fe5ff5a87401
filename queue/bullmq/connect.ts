import { hideCredentials } from "../../common/hide-credentials.ts";
import { UserError } from "../../common/user-error.ts";
import { loadPackage } from "../load-package.ts";
import { describeError } from "../../common/describe-error.ts";

/** Name of the queue, and the prefix of all its keys in Redis. */
export const queueName = "earshot";

/** Of a connection, for BullMQ and its client alike. */
interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly connectTimeout: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
}

/** A Redis or Valkey that answers. */
export interface QueueServer {
  /** Its address, without credentials. */
  readonly address: string;
  /** For BullMQ, which waits for a server that comes back. */
  readonly connection: ConnectionSettings & { readonly maxRetriesPerRequest: null };
}

const connectTimeoutMs = 5_000;

/** For those who do not write a password into a command line, which every process of the machine can read. */
const passwordVariable = "EARSHOT_QUEUE_PASSWORD";

/**
 * Checks that a Redis or Valkey answers.
 *
 *     const server = await connectQueue("rediss://user@host:6380");
 *
 * @param address `redis://[user[:password]@]host[:port][/database]`, `rediss://` for TLS; without a password in it,
 *   that of EARSHOT_QUEUE_PASSWORD
 * @throws UserError saying in one line why there is none
 */
export async function connectQueue(address: string): Promise<QueueServer> {
  const { shown, options } = parseAddress(address);
  const { Redis } = await loadPackage("--queue", "bullmq ioredis", () => import("ioredis"));
  const probe = new Redis({
    ...options,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let failure: Error | undefined;
  probe.on("error", (error: Error) => {
    failure ??= error; // what comes after it says only that the connection is closed
  });
  try {
    await probe.connect();
    await probe.ping();
  } catch (error) {
    throw describeFailure(shown, failure ?? error);
  } finally {
    probe.disconnect();
  }
  return { address: shown, connection: { ...options, maxRetriesPerRequest: null } };
}

function parseAddress(address: string): { shown: string; options: ConnectionSettings } {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const database = /^\/?(\d*)$/.exec(url?.pathname ?? "")?.[1];
  if (
    url === undefined ||
    !["redis:", "rediss:"].includes(url.protocol) ||
    database === undefined ||
    url.hostname === ""
  )
    throw new UserError(
      `--queue: expected redis://host:6379 or rediss://host:6379, got ${JSON.stringify(hideCredentials(address).slice(0, 80))}`,
    );
  const password = url.password === "" ? process.env[passwordVariable] : decodeURIComponent(url.password);
  const port = url.port === "" ? 6379 : Number(url.port);
  const options: ConnectionSettings = {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port,
    db: database === "" ? 0 : Number(database),
    connectTimeout: connectTimeoutMs,
    ...(url.username !== "" && { username: decodeURIComponent(url.username) }),
    ...(password !== undefined && { password }),
    ...(url.protocol === "rediss:" && { tls: {} }),
  };
  return { shown: `${url.protocol}//${url.hostname}:${port}`, options };
}

function describeFailure(address: string, error: unknown): UserError {
  const text = describeError(error);
  if (/WRONGPASS|NOAUTH|invalid password|NOPERM/i.test(text))
    return new UserError(
      `--queue ${address}: expected user and password of the server, got others or none; write redis://user:password@host ` +
        `or set ${passwordVariable}`,
    );
  return new UserError(
    `--queue ${address}: expected Redis or Valkey, got ${text === "" ? "no answer" : text.slice(0, 150)}`,
  );
}
