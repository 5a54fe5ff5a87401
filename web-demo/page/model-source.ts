import { type DemoFile, demoFileSchema, type ReferenceCase } from "../model/demo-file.ts";
import { PageProblem } from "./page-problem.ts";

/** A model file, and what shipped with it. */
export interface ModelSource {
  readonly blob: Blob;
  readonly name: string;
  readonly demo: DemoFile | undefined;
}

/** The model beside the page. @throws PageProblem `no-model` or `unreadable` */
export async function loadShippedModel(): Promise<ModelSource> {
  const [response, demo] = await Promise.all([request("model.onnx"), loadDemoFile()]);
  // A development server answers unknown addresses with the page itself.
  const isMissing = response.status === 404 || response.headers.get("Content-Type")?.startsWith("text/html");
  if (isMissing) throw new PageProblem("no-model", "model.onnx: expected a model beside the page, got none");
  if (!response.ok)
    throw new PageProblem("unreadable", `model.onnx: expected a model, got HTTP status ${response.status}`);
  return { blob: await response.blob(), name: demo?.model ?? "model.onnx", demo };
}

async function loadDemoFile(): Promise<DemoFile | undefined> {
  const response = await request("demo.json");
  if (!response.ok || response.headers.get("Content-Type")?.startsWith("text/html")) return undefined;
  const parsed = demoFileSchema.safeParse(await response.json());
  if (!parsed.success) throw new PageProblem("unreadable", `demo.json: ${parsed.error.message}`);
  const [first] = parsed.data.samples;
  if (first !== undefined) loadSample(first.file).catch(() => undefined); // it is classified first, and then a failure is reported
  return parsed.data;
}

const samples = new Map<string, Promise<Blob>>();

/** A sample's bytes, fetched once. @throws PageProblem `unreadable` */
export function loadSample(file: string): Promise<Blob> {
  const known = samples.get(file);
  if (known !== undefined) return known;
  const loading = request(file).then((response) => {
    if (!response.ok)
      throw new PageProblem("unreadable", `${file}: expected a sound, got HTTP status ${response.status}`);
    return response.blob();
  });
  samples.set(file, loading);
  loading.catch(() => samples.delete(file));
  return loading;
}

/** Enough to compare with, and little to fetch before it is asked for. */
const comparedSamples = 3;

/** What the model's answers are compared with: edge inputs that the page makes, and the first samples. */
export async function loadReference({ reference, samples: clips }: DemoFile): Promise<ReferenceCase[]> {
  const compared = clips.slice(0, comparedSamples).map(async ({ file, logits }) => {
    return { name: file, audio: await loadSample(file), logits };
  });
  return [...reference, ...(await Promise.all(compared))];
}

async function request(address: string): Promise<Response> {
  try {
    return await fetch(address);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PageProblem("unreadable", `${address}: expected an answer from the host, got ${reason}`);
  }
}
