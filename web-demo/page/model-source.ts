import { computeProbabilities } from "../../common/labelling.ts";
import { type DemoFile, demoFileSchema, type ReferenceCase } from "../model/demo-file.ts";
import { readWithProgress } from "../model/read-with-progress.ts";
import type { LoadReport } from "../worker/protocol.ts";
import { PageProblem } from "./page-problem.ts";
import { describeError } from "../../common/describe-error.ts";

/** A model file, and what shipped with it. */
export interface ModelSource {
  readonly blob: Blob;
  readonly name: string;
  readonly demo: DemoFile | undefined;
  /** Whether it was taught in this page, on the embeddings of another. */
  readonly isTaught?: boolean;
}

/**
 * The model beside the page.
 * @param address another one of this page's own host: a link may name it
 * @throws PageProblem `no-model` or `unreadable`
 */
export async function loadShippedModel(
  onLoad: (report: LoadReport) => void,
  address: string | undefined,
): Promise<ModelSource> {
  const file = address ?? "model.onnx";
  const [response, demo] = await Promise.all([
    request(checkOrigin(file)),
    address === undefined ? loadDemoFile() : undefined,
  ]);
  // A development server answers unknown addresses with the page itself.
  const isMissing = response.status === 404 || response.headers.get("Content-Type")?.startsWith("text/html");
  if (isMissing) throw new PageProblem("no-model", `${file}: expected a model beside the page, got none`);
  if (!response.ok)
    throw new PageProblem("unreadable", `${file}: expected a model, got HTTP status ${response.status}`);
  const blob = await readWithProgress(response, (loadedBytes, totalBytes) => {
    onLoad({ loadedBytes, totalBytes });
  });
  return { blob, name: demo?.model ?? file, demo };
}

/** The page sends no request to another host, whatever a link says. */
function checkOrigin(address: string): string {
  const { origin } = new URL(address, document.baseURI);
  if (origin === location.origin) return address;
  throw new PageProblem(
    "other-origin",
    `${address}: expected a model of this page's host, ${location.origin}, got one of ${origin}`,
  );
}

async function loadDemoFile(): Promise<DemoFile | undefined> {
  const response = await request("demo.json");
  if (!response.ok || response.headers.get("Content-Type")?.startsWith("text/html")) return undefined;
  const parsed = demoFileSchema.safeParse(await response.json());
  if (!parsed.success) throw new PageProblem("unreadable", `demo.json: ${parsed.error.message}`);
  const first = findSurestSample(parsed.data);
  if (first !== undefined) loadSample(first.file).catch(() => undefined); // it is classified first, and then a failure is reported
  return parsed.data;
}

/** The sample that the model names with the highest probability: what the page opens with. */
export function findSurestSample({ samples: clips }: DemoFile): DemoFile["samples"][number] | undefined {
  const sure = clips.map(({ logits }) => Math.max(...computeProbabilities(logits)));
  return clips[sure.indexOf(Math.max(...sure))];
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
    const reason = describeError(error);
    throw new PageProblem("unreadable", `${address}: expected an answer from the host, got ${reason}`);
  }
}
