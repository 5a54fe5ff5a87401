import { RequestError } from "../request-error.ts";
import type { ChannelOutput, ChannelWork, SoundChannel } from "./engine.ts";
import type { FromWorker } from "./messages.ts";
import { openPipe } from "./open-pipe.ts";
import { watchAbort } from "./watch-abort.ts";
import type { WorkerSlot } from "./worker-pool.ts";
import { WorkerLostError } from "./worker-process.ts";

/** Parts of a sound on their way to its worker. */
const maxPartsUnderWay = 4;

interface ChannelRequest {
  readonly model: string;
  readonly version: string;
  readonly work: ChannelWork;
  readonly signal: AbortSignal;
  /** The slot is free of this channel. */
  readonly onClose: () => void;
}

/**
 * A sound in parts that one worker processes. A producer waits when four parts are on their way, and when nobody reads
 * the outputs; the reader gets the reason of an abort, or `worker-lost` when the worker ends.
 */
export function openPoolChannel(
  slot: WorkerSlot,
  { model, version, work, signal, onClose }: ChannelRequest,
): SoundChannel {
  const { process } = slot;
  const outputs = openPipe<ChannelOutput>(256);
  const parts = createPartCounter();
  let roomForOutputs = Promise.resolve();
  const receive = (message: FromWorker): void => {
    if (message.kind === "output") roomForOutputs = outputs.push(message.output);
    if (message.kind === "taken") parts.take();
  };
  slot.channels += 1;
  const { id, last } = process.ask(
    (request) => ({ kind: "open", id: request, model, version, work }),
    ({ kind }) => kind === "ended",
    receive,
  );
  const abort = watchAbort(signal, slot, id);
  const close = (): void => {
    abort.clear();
    slot.channels -= 1;
    parts.close();
    onClose();
  };
  last.then(
    () => {
      outputs.end();
      close();
    },
    (error: unknown) => {
      outputs.fail(signal.aborted ? signal.reason : describeLoss(error));
      close();
    },
  );
  return {
    model,
    version,
    async push(bytes) {
      if (!parts.add()) return;
      process.send({ kind: "part", id, bytes });
      await parts.waitForRoom();
      await roomForOutputs;
    },
    end() {
      process.send({ kind: "end", id });
    },
    async *[Symbol.asyncIterator]() {
      try {
        yield* outputs.readable;
      } finally {
        abort.now(); // nothing, where the worker has ended it
      }
    },
  };
}

/** Counts the parts under way; those who wait for room go on when the channel closes. */
function createPartCounter() {
  let underWay = 0;
  let isClosed = false;
  let onRoom: (() => void) | undefined;
  const hasRoom = (): boolean => isClosed || underWay < maxPartsUnderWay;
  return {
    /** @returns whether the channel is open */
    add(): boolean {
      if (!isClosed) underWay += 1;
      return !isClosed;
    },
    take(): void {
      underWay -= 1;
      onRoom?.();
    },
    close(): void {
      isClosed = true;
      onRoom?.();
    },
    async waitForRoom(): Promise<void> {
      while (!hasRoom())
        await new Promise<void>((resolve) => {
          onRoom = resolve;
        });
    },
  };
}

function describeLoss(error: unknown): unknown {
  return error instanceof WorkerLostError
    ? new RequestError("worker-lost", "server: expected the stream to go on, found that its worker ended")
    : error;
}
