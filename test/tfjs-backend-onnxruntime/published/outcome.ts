import * as z from "zod";

const outcomeSchema = z.object({
  /** Of tfjs-core, e.g. ops/abs_test. */
  file: z.string(),
  /** Its suites and its own name. */
  test: z.string(),
  status: z.enum(["passed", "failed", "unsupported"]),
  /** Why it failed, or what is not supported. */
  message: z.string(),
});

export const outcomesSchema = z.array(outcomeSchema);

export type Outcome = z.infer<typeof outcomeSchema>;
