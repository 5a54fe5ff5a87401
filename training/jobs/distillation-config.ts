import * as z from "zod";

export const distillationSchema = z.strictObject({
  /** Folders of trained jobs with the same features and training folds. */
  teachers: z.array(z.string()).min(1),
  /** Share of the targets that is the teachers' mean answer. */
  share: z.number().min(0).max(1).default(0.8),
});
