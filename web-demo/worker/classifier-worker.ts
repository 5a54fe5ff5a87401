/** The worker's end: one model, one backend. Everything that computes happens here, so the page never waits. */
import type { Classifier, WebSource } from "../../runtime/web.ts";
import { classifyClip } from "./classify-clip.ts";
import { LiveListener } from "./live-listener.ts";
import { measure } from "./measure.ts";
import { PageError, serveRequests } from "./messages.ts";
import { openModel, prepareRuntime } from "./open-model.ts";
import type { ClassifierExchanges } from "./protocol.ts";

let classifier: Classifier<WebSource> | undefined;
let listener: LiveListener | undefined;
let classifying: AbortController | undefined;

function expectModel(): Classifier<WebSource> {
  if (classifier === undefined) throw new Error("worker: expected a model to be open, got none");
  return classifier;
}

serveRequests<ClassifierExchanges>({
  async prepare({ backend, pageUrl }, report) {
    await prepareRuntime(backend, pageUrl, report);
    return undefined;
  },
  async open(request) {
    const opened = await openModel(request);
    const before = classifier;
    ({ classifier } = opened);
    listener?.stop(); // the page goes on with the new model
    classifying?.abort();
    await before?.dispose();
    return opened.answer;
  },
  measure: ({ reference }) => measure(expectModel(), reference),
  /** One sound at a time: the newest request ends those before it. */
  async classify(request, report) {
    classifying?.abort();
    const own = new AbortController();
    classifying = own;
    try {
      await classifyClip(expectModel(), request, report, own.signal);
    } catch (error) {
      throw own.signal.aborted ? new PageError("cancelled", `${request.name}: cancelled`) : error;
    }
    return undefined;
  },
  cancel() {
    classifying?.abort();
    return Promise.resolve(undefined);
  },
  async listen(request, report) {
    listener?.stop();
    listener = new LiveListener(expectModel(), request, report);
    await listener.finished;
    return undefined;
  },
  stop() {
    listener?.stop();
    listener = undefined;
    return Promise.resolve(undefined);
  },
});
