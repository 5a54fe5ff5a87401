import type WebSocket from "ws";
import { createWebSocketStream } from "ws";
import * as z from "zod";
import { RequestError } from "../request-error.ts";
import { checkToken } from "./check-token.ts";
import { describeRefusal } from "./describe-refusal.ts";
import { type Output, parseInput, streamEndSchema, streamStartSchema } from "./schemas.ts";
import type { Service } from "./service.ts";
import { describeOutput } from "./stream-events.ts";

/** Close codes of RFC 6455, section 7.4.1, and of its registry. */
const closeCodes = { done: 1000, goingAway: 1001, refused: 1008, fault: 1011, busy: 1013 } as const;

/** A live stream, for those who end it from outside. */
export interface LiveStream {
  /** Ends the sound where it is: what was found so far is still sent. */
  finish(): void;
  readonly closed: Promise<void>;
}

/**
 * `WebSocket /v1/stream`. The client sends one message of JSON (`streamStartSchema`), then blocks of samples as binary
 * messages, then `{"type":"end"}`; it gets outputs as JSON, and at last one of type `end` or `error`. While the model is
 * behind, the socket is not read, so that the client's own buffer says that it is too fast.
 * @param needsToken whether the first message must hold a token: the upgrade request had none
 * @param stopAll aborted when the server ends at once
 */
export function serveStream(
  socket: WebSocket,
  { engine, options: settings }: Service,
  needsToken: boolean,
  stopAll: AbortSignal,
  onFailure: (error: unknown) => void,
): LiveStream {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, stopAll]);
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      stop.abort(new Error("the client has gone"));
      resolve();
    });
  });
  // A frame against the protocol: ws closes the socket itself.
  socket.on("error", (error) => {
    stop.abort(error);
  });
  const total = setTimeout(() => {
    stop.abort(
      new RequestError("too-long", `stream: expected at most ${settings.maxStreamSeconds} s on the clock`),
    );
  }, settings.maxStreamSeconds * 1000);
  const messages = openMessages(socket, settings.idleSeconds);
  let finish = ignore;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  void run().finally(() => {
    clearTimeout(total);
  });
  return { finish, closed };

  async function run(): Promise<void> {
    try {
      const first = await messages.next();
      if (typeof first !== "string")
        throw new RequestError(
          "bad-request",
          "stream: expected a first message in JSON: the rate and the format",
        );
      const { model, token, sampleRateHz, encoding, channels, ...options } = parseInput(
        streamStartSchema,
        parseJson(first),
      );
      if (needsToken) checkToken(token, settings.tokens);
      const work = { source: { sampleRateHz, encoding, channels }, options };
      const channel = await engine.openChannel(model, work, signal);
      await send({ type: "start", model: channel.model, version: channel.version });
      const feeding = feed(channel);
      feeding.catch((error: unknown) => {
        stop.abort(error);
      });
      for await (const output of channel) await send(describeOutput(output));
      await feeding;
      await send({ type: "end" });
      close(closeCodes.done);
    } catch (error) {
      await end(signal.aborted ? signal.reason : error);
    }
  }

  async function feed(channel: { push(bytes: Uint8Array): Promise<void>; end(): void }): Promise<void> {
    for (;;) {
      const next = await Promise.race([messages.next(), finished]);
      if (next === undefined) break;
      if (typeof next === "string") {
        parseInput(streamEndSchema, parseJson(next), "bad-request");
        break;
      }
      await channel.push(next);
    }
    channel.end();
  }

  async function end(error: unknown): Promise<void> {
    if (socket.readyState !== socket.OPEN) return;
    if (!(error instanceof RequestError)) onFailure(error);
    const refusal = describeRefusal(error);
    await send({ type: "error", ...refusal });
    const status = error instanceof RequestError ? error.status : 500;
    close(status === 503 ? closeCodes.busy : status === 500 ? closeCodes.fault : closeCodes.refused);
  }

  /** The client's own close is read, but not for long. */
  function close(code: number): void {
    messages.drop();
    socket.close(code);
    const timer = setTimeout(() => {
      socket.terminate();
    }, closeMs);
    void closed.then(() => {
      clearTimeout(timer);
    });
  }

  /** Resolves when the message has left for the network: a client that does not read makes the model wait. */
  function send(output: Output): Promise<void> {
    return new Promise((resolve) => {
      socket.send(JSON.stringify(output), () => {
        resolve(); // a failed send is followed by the socket's close
      });
    });
  }
}

const maxWaitingMessages = 4;
const closeMs = 2000;
const messageSchema = z.union([z.string(), z.custom<Buffer>((value) => value instanceof Buffer)]);

interface Messages {
  /** @returns undefined at the end */
  next(): Promise<string | Buffer | undefined>;
  /** Reads the rest away. */
  drop(): void;
}

/** Messages one by one; those beyond a few wait in the network. */
function openMessages(socket: WebSocket, idleSeconds: number): Messages {
  const stream = createWebSocketStream(socket, {
    readableObjectMode: true,
    readableHighWaterMark: maxWaitingMessages,
  });
  stream.on("error", ignore); // `next` rejects with it
  const iterator = stream[Symbol.asyncIterator]();
  return {
    async next() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(
            new RequestError("upload-timeout", `stream: expected a message in ${idleSeconds} s, got none`),
          );
        }, idleSeconds * 1000);
      });
      try {
        const next = await Promise.race([iterator.next(), late]);
        return next.done === true ? undefined : messageSchema.parse(next.value);
      } finally {
        clearTimeout(timer);
      }
    },
    drop() {
      stream.removeAllListeners("readable");
      stream.resume();
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestError("bad-request", "stream: expected JSON in a text message", { cause: error });
  }
}

function ignore(): void {
  // Deliberately empty.
}
