import type { ChannelOutput, SoundChannel } from "../engine/engine.ts";
import { RequestError } from "../request-error.ts";
import { describeRefusal } from "./describe-refusal.ts";
import { readBody, type SoundRequest } from "./read-body.ts";
import { eventsOptionsSchema, type Output, parseTextOptions } from "./schemas.ts";
import type { Service } from "./service.ts";

/** How the lines of an answer are written. */
export type LineFormat = "ndjson" | "sse";

export const lineTypes: Readonly<Record<LineFormat, string>> = {
  ndjson: "application/x-ndjson; charset=utf-8",
  sse: "text/event-stream; charset=utf-8",
};

/** After this time the answer begins, whether or not there is an event: what is refused at once has a status of its own. */
const headMs = 1000;

/** Server-sent events where they are asked for, else a JSON object a line. */
export function chooseFormat(accept: string | undefined): LineFormat {
  return accept?.includes("text/event-stream") === true ? "sse" : "ndjson";
}

/**
 * `POST /v1/events`: events of a recording while it is uploaded, in the memory of a few windows.
 * @returns the answer's lines; its head is sent when this resolves
 * @throws RequestError for what is refused before the first event
 */
export async function streamEvents(
  { engine, options: settings }: Service,
  request: SoundRequest,
  onFailure: (error: unknown) => void,
): Promise<AsyncGenerator<Output, void, undefined>> {
  const { model, ...options } = parseTextOptions(eventsOptionsSchema, request.query);
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(
      new RequestError("too-long", `recording: expected at most ${settings.maxStreamSeconds} s on the clock`),
    );
  }, settings.maxStreamSeconds * 1000);
  const signal = AbortSignal.any([late.signal, request.signal]);
  const work = { source: "file", options: { ...options, timeline: false } } as const;
  try {
    const channel = await engine.openChannel(model, work, signal);
    const feeding = feed(channel, request, settings, late);
    const outputs = channel[Symbol.asyncIterator]();
    const first = outputs.next();
    first.catch(ignore); // below
    const failure = await Promise.race([first.then(ignore, toError), sleep(headMs)]);
    if (failure !== undefined) {
      clearTimeout(timer);
      late.signal.throwIfAborted();
      throw failure;
    }
    return report(channel, first, outputs);
    async function* report(
      { model: name, version }: SoundChannel,
      start: Promise<IteratorResult<ChannelOutput>>,
      rest: AsyncIterator<ChannelOutput>,
    ): AsyncGenerator<Output, void, undefined> {
      try {
        yield { type: "start", model: name, version };
        for (let next = await start; next.done !== true; next = await rest.next())
          yield describeOutput(next.value);
        await feeding;
        yield { type: "end" };
      } catch (error) {
        const cause: unknown = late.signal.aborted ? late.signal.reason : error;
        if (!request.signal.aborted) onFailure(cause);
        yield { type: "error", ...describeRefusal(cause) };
      } finally {
        clearTimeout(timer);
        await rest.return?.();
      }
    }
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
}

export function describeOutput(output: ChannelOutput): Output {
  return output.kind === "event" ? { type: "event", ...output.event } : { type: "window", ...output.window };
}

export function formatLine(output: Output, format: LineFormat): string {
  const text = JSON.stringify(output);
  return format === "ndjson" ? `${text}\n` : `event: ${output.type}\ndata: ${text}\n\n`;
}

/** Passes the upload on, part by part; what is wrong with it ends the work. */
async function feed(
  channel: SoundChannel,
  request: SoundRequest,
  { maxRecordingBytes, idleSeconds }: Service["options"],
  late: AbortController,
): Promise<void> {
  const refuse = (): void => {
    late.abort(
      new RequestError("upload-timeout", `body: expected its next part in ${idleSeconds} s, got none`),
    );
  };
  let timer = setTimeout(refuse, idleSeconds * 1000);
  try {
    const signal = AbortSignal.any([late.signal, request.signal]);
    for await (const part of readBody(request, maxRecordingBytes, signal)) {
      clearTimeout(timer);
      await channel.push(part);
      timer = setTimeout(refuse, idleSeconds * 1000);
    }
    channel.end();
  } catch (error) {
    late.abort(error);
  } finally {
    clearTimeout(timer);
  }
}

function sleep(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function ignore(): undefined {
  return undefined;
}
