import type { EventLog } from "../views/event-log.ts";
import { formatMs } from "../views/format.ts";
import type { Sample, SampleChips } from "../views/sample-chips.ts";
import type { Verdict } from "../views/verdict.ts";
import type { ClipAnswer } from "../worker/protocol.ts";
import type { Live } from "./live.ts";
import type { ModelSession } from "./model-session.ts";
import { loadSample } from "./model-source.ts";
import { PageProblem } from "./page-problem.ts";
import type { Stage } from "./stage.ts";

export interface ClipViews {
  readonly stage: Stage;
  readonly verdict: Verdict;
  readonly events: EventLog;
  readonly chips: SampleChips;
}

/** Classifies samples and files, one at a time: the newest request wins. */
export class Clips {
  readonly #session: ModelSession;
  readonly #live: Live;
  readonly #views: ClipViews;
  #requests = 0;

  constructor(session: ModelSession, live: Live, views: ClipViews) {
    this.#session = session;
    this.#live = live;
    this.#views = views;
  }

  /** @throws PageProblem when it cannot be loaded */
  async classifySample(sample: Sample, { plays }: { readonly plays: boolean }): Promise<void> {
    this.#views.chips.press(sample.label);
    await this.#classify(await loadSample(sample.file), { name: sample.label, kind: "sample", plays });
  }

  /** @throws PageProblem `bad-audio` when it cannot be decoded */
  async classifyFile(file: File): Promise<void> {
    this.#views.chips.press(undefined);
    await this.#classify(file, { name: file.name, kind: file.name, plays: true });
  }

  /** Whatever is under way is not shown any more. */
  drop(): void {
    this.#requests++;
    this.#views.chips.press(undefined);
  }

  async #classify(
    audio: Blob,
    { name, kind, plays }: { name: string; kind: string; plays: boolean },
  ): Promise<void> {
    const { stage, verdict } = this.#views;
    const { current } = this.#session;
    if (current === undefined) throw new PageProblem("no-model", `${name}: expected an open model, got none`);
    const request = ++this.#requests;
    await this.#live.stop(current);
    verdict.setKicker(`Classifying ${name}`);
    const timeline = await current.client.classify(audio, name, (report) => {
      if (request !== this.#requests) return;
      if (report.kind === "answer") {
        this.#showAnswer(report.answer, { name, kind });
        return;
      }
      stage.showClip(report.clip);
      // Sound waits for a first touch of the page, and would then answer that touch, whatever it meant.
      if (plays && navigator.userActivation.hasBeenActive) void stage.play();
    });
    if (request === this.#requests) stage.showTimeline(timeline);
  }

  #showAnswer(
    { answer, clipSeconds, inferenceMs }: ClipAnswer,
    { name, kind }: { name: string; kind: string },
  ): void {
    const [best] = answer;
    this.#views.verdict.name(
      kind === "sample" ? `Sample ${name}` : name,
      best.label,
      best.probability,
      `${clipSeconds.toFixed(1)} s of sound in ${formatMs(inferenceMs)}`,
    );
    this.#views.events.addClip(kind, best.label, best.probability);
  }
}
