import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { UserError } from "../../common/user-error.ts";
import { writeFileAtomically } from "../../common/write-atomically.ts";
import { readChunk } from "../../queue/predict-request.ts";
import { classifyFiles, createClassifier } from "../../runtime/node.ts";

/** One line of `answers.jsonl` in a chunk's folder: classes, most probable first, or why the file was not classified. */
const answerSchema = z.union([
  z.strictObject({
    file: z.string(),
    classes: z.array(z.strictObject({ label: z.string(), probability: z.number() })),
    /** The class that is named, which is the first of them; null where none is. */
    named: z.string().nullable(),
    /** Further ones, where a sound may have several. */
    alsoNamed: z.array(z.string()).optional(),
  }),
  z.strictObject({ file: z.string(), error: z.string() }),
]);

export type Answer = z.infer<typeof answerSchema>;

const answersFile = "answers.jsonl";

interface ChunkOptions {
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** Classifies the files of a chunk's folder. @throws UserError when it was stopped, or the model cannot be used */
export async function predictChunk(folder: string, { onProgress, signal }: ChunkOptions): Promise<void> {
  const { model, allowUnverified, files } = await readChunk(folder);
  await using classifier = await createClassifier(model, { allowUnverified });
  const names = new Map(files.map(({ name, path: place }) => [place, name]));
  const answers = new Map<string, Answer>();
  for await (const { source, ...answer } of classifyFiles<string>(classifier, [...names.keys()])) {
    if (signal.aborted) throw new UserError("stopped; the same command goes on from there");
    const file = names.get(source) ?? source;
    if (answer.error === undefined) {
      const classes = answer.classification.map(({ label, probability }) => ({ label, probability }));
      const [named = null, ...alsoNamed] = answer.classification.named.map(({ label }) => label);
      answers.set(source, { file, classes, named, ...(alsoNamed.length > 0 && { alsoNamed }) });
    } else answers.set(source, { file, error: answer.error.message.replaceAll(source, file) });
    onProgress(answers.size, files.length);
  }
  // Equal files lie in one place, under several names.
  const lines = files.map(({ name, path: place }) => JSON.stringify({ ...answers.get(place), file: name }));
  await writeFileAtomically(path.join(folder, answersFile), `${lines.join("\n")}\n`);
}

/** What `predictChunk` wrote. */
export async function readAnswers(folder: string): Promise<Answer[]> {
  const text = await readFile(path.join(folder, answersFile), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => answerSchema.parse(JSON.parse(line)));
}
