/** The worker's end: one model, one backend. Everything that computes happens here, so the page never waits. */
import type { Classifier, WebSource } from "../../runtime/web.ts";
import { classifyClip } from "./classify-clip.ts";
import { LiveListener } from "./live-listener.ts";
import { measure } from "./measure.ts";
import { openModel, prepareRuntime } from "./open-model.ts";
import type { Answer, WorkerRequest, Envelope, Problem, Reply, Report, RequestKind } from "./protocol.ts";

let classifier: Classifier<WebSource> | undefined;
let listener: LiveListener | undefined;

globalThis.onmessage = ({ data: { request, replies } }: MessageEvent<Envelope>) => {
  const send = (reply: Reply<RequestKind>) => {
    replies.postMessage(reply);
  };
  const report = (content: Report<RequestKind>) => {
    send({ kind: "report", report: content });
  };
  answer(request, report).then(
    (content) => {
      send({ kind: "answer", answer: content });
    },
    (error: unknown) => {
      send({ kind: "problem", problem: describeProblem(error) });
    },
  );
};

async function answer(
  request: WorkerRequest,
  report: (content: Report<RequestKind>) => void,
): Promise<Answer<RequestKind>> {
  if (request.kind === "prepare") {
    await prepareRuntime(request.backend, request.pageUrl);
    return undefined;
  }
  if (request.kind === "open") {
    const opened = await openModel(request);
    ({ classifier } = opened);
    return opened.answer;
  }
  if (classifier === undefined) throw new Error(`${request.kind}: expected a model to be open, got none`);
  switch (request.kind) {
    case "measure":
      return measure(classifier, request.reference);
    case "classify":
      return classifyClip(classifier, request, report);
    case "listen":
      listener?.stop();
      listener = new LiveListener(classifier, request, report);
      await listener.finished;
      return undefined;
    case "stop":
      listener?.stop();
      listener = undefined;
      return undefined;
  }
}

function describeProblem(error: unknown): Problem {
  if (!(error instanceof Error)) return { code: "unknown", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "unknown";
  return { code, message: error.message };
}
