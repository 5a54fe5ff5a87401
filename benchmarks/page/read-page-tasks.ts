import * as z from "zod";

/** A task of a page's own thread. */
export interface PageTask {
  readonly ms: number;
  /** Without the time that it waited for a processor. */
  readonly ownMs: number;
}

const eventSchema = z.object({
  name: z.string(),
  pid: z.number(),
  tid: z.number(),
  /** Microseconds. */
  dur: z.optional(z.number()),
  tdur: z.optional(z.number()),
  args: z.optional(z.object({ name: z.optional(z.unknown()) })),
});
const traceSchema = z.object({ traceEvents: z.array(eventSchema) });

/** @param trace of Chromium, with the category `disabled-by-default-devtools.timeline` */
export function readPageTasks(trace: Buffer): PageTask[] {
  const { traceEvents } = traceSchema.parse(JSON.parse(trace.toString()));
  const pageThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  return traceEvents
    .filter(({ name, pid, tid }) => name === "RunTask" && pageThreads.has(`${pid}/${tid}`))
    .map(({ dur = 0, tdur = dur }) => ({ ms: dur / 1000, ownMs: tdur / 1000 }));
}
