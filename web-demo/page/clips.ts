import type { EventLog } from "../views/event-log.ts";
import { formatMs } from "../views/format.ts";
import type { Sample, SampleChips } from "../views/sample-chips.ts";
import type { Verdict } from "../views/verdict.ts";
import type { HeardAnswer } from "../worker/protocol.ts";
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

/** Hears samples and files, one at a time: the newest wish wins. */
export class Clips {
  readonly #session: ModelSession;
  readonly #live: Live;
  readonly #views: ClipViews;
  #wishes = 0;

  constructor(session: ModelSession, live: Live, views: ClipViews) {
    this.#session = session;
    this.#live = live;
    this.#views = views;
  }

  /** @throws PageProblem when it cannot be loaded */
  async hearSample(sample: Sample, { plays }: { readonly plays: boolean }): Promise<void> {
    this.#views.chips.press(sample.label);
    await this.#hear(await loadSample(sample.file), { name: sample.label, kind: "sample", plays });
  }

  /** @throws PageProblem `bad-audio` when it cannot be decoded */
  async hearFile(file: File): Promise<void> {
    this.#views.chips.press(undefined);
    await this.#hear(file, { name: file.name, kind: file.name, plays: true });
  }

  /** Whatever is under way is not shown any more. */
  drop(): void {
    this.#wishes++;
    this.#views.chips.press(undefined);
  }

  async #hear(
    audio: Blob,
    { name, kind, plays }: { name: string; kind: string; plays: boolean },
  ): Promise<void> {
    const { stage, verdict } = this.#views;
    const { current } = this.#session;
    if (current === undefined)
      throw new PageProblem("no-model", `${name}: expected a model to hear it, got none`);
    const wish = ++this.#wishes;
    await this.#live.stop(current);
    verdict.setKicker(`Hearing ${name}`);
    const timeline = await current.client.hear(audio, name, (report) => {
      if (wish !== this.#wishes) return;
      if (report.kind === "heard") {
        this.#showAnswer(report.heard, { name, kind });
        return;
      }
      stage.showClip(report.clip);
      // Sound waits for a first touch of the page, and would then answer that touch, whatever it meant.
      if (plays && navigator.userActivation.hasBeenActive) void stage.play();
    });
    if (wish === this.#wishes) stage.showTimeline(timeline);
  }

  #showAnswer(
    { answer, clipSeconds, inferenceMs }: HeardAnswer,
    { name, kind }: { name: string; kind: string },
  ): void {
    const [best] = answer;
    this.#views.verdict.name(
      `Heard in ${kind === "sample" ? `the sample ${name}` : name}`,
      best.label,
      best.probability,
      `${clipSeconds.toFixed(1)} s heard in ${formatMs(inferenceMs)}`,
    );
    this.#views.events.addClip(kind, best.label, best.probability);
  }
}
