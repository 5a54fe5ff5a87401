// What each worker process runs: it decodes and scores, for one server process that may end it at any time.
import process from "node:process";
import { at } from "../../common/at.ts";
import type { SoundChannel } from "./engine.ts";
import { type FromWorker, type ToWorker, toWorkerSchema, workerSettingsSchema } from "./messages.ts";
import { ModelHost } from "./model-host.ts";
import { WorkRefusal } from "./refuse-work.ts";
import { shareRuns } from "./share-runs.ts";
import { describeError } from "../../common/describe-error.ts";

/** Work that takes longer is told to be long; from a timer, so that it also shows that this process is not blocked. */
const longMs = 400;

const { batchWindows, batchWaitMs, ...settings } = workerSettingsSchema.parse(
  JSON.parse(at(process.argv, 2)),
);
const host = new ModelHost({
  ...settings,
  decodeThreads: 0,
  wrapScorer: (scorer) => shareRuns(scorer, { batchWindows, batchWaitMs }),
});
const stops = new Map<number, AbortController>();
const channels = new Map<number, SoundChannel>();

process.on("message", (content) => {
  void answer(toWorkerSchema.parse(content));
});
process.on("disconnect", () => process.exit()); // the server has gone
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    // Ctrl-C reaches the whole group; the server decides when its workers end.
  });

async function answer(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case "load":
      await report(message.id, async () => {
        say({ kind: "loaded", id: message.id, backend: await host.load(message, message.bytes) });
      });
      return;
    case "unload":
      await host.unload(message);
      return;
    case "classify":
      await report(message.id, async (signal) => {
        const long = setTimeout(() => {
          say({ kind: "long", id: message.id });
        }, longMs);
        try {
          const { model, version, work, id } = message;
          say({ kind: "answered", id, answer: await host.classify({ model, version }, work, signal) });
        } finally {
          clearTimeout(long);
        }
      });
      return;
    case "open":
      await report(message.id, async (signal) => {
        const { model, version, work, id } = message;
        const channel = host.openChannel({ model, version }, work, signal);
        channels.set(id, channel);
        try {
          for await (const output of channel) say({ kind: "output", id, output });
          say({ kind: "ended", id });
        } finally {
          channels.delete(id);
        }
      });
      return;
    case "part":
      await channels.get(message.id)?.push(message.bytes);
      say({ kind: "taken", id: message.id });
      return;
    case "end":
      channels.get(message.id)?.end();
      return;
    case "abort":
      stops.get(message.id)?.abort(new Error("the request was given up"));
      return;
    case "stop":
      await host.dispose();
      process.exit();
  }
}

/** Runs what may be aborted, and reports how it failed. */
async function report(id: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  stops.set(id, stop);
  try {
    await work(stop.signal);
  } catch (error) {
    say({ ...describeFailure(error), kind: "failed", id });
  } finally {
    stops.delete(id);
  }
}

function describeFailure(error: unknown): Pick<FromWorker & { kind: "failed" }, "code" | "message"> {
  const message = describeError(error);
  return error instanceof WorkRefusal ? { code: error.code, message } : { message };
}

function say(message: FromWorker): void {
  process.send?.(message);
}
