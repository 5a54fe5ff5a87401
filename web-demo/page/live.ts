import { at } from "../../common/at.ts";
import { findElement } from "../views/elements.ts";
import type { EventLog } from "../views/event-log.ts";
import { formatClock, formatPercent } from "../views/format.ts";
import type { Verdict } from "../views/verdict.ts";
import type { LiveReport, Pace, Score } from "../worker/protocol.ts";
import { openMicrophone, type Microphone } from "./microphone.ts";
import type { OpenSession } from "./model-session.ts";
import { PageProblem } from "./page-problem.ts";
import type { Stage } from "./stage.ts";

/** What the stream calls an event: its default threshold. */
const eventThreshold = 0.5;
const silentPeak = 1e-4;
const atRest = "While a sound plays, the bars follow the cursor.";

export interface LiveViews {
  readonly stage: Stage;
  readonly verdict: Verdict;
  readonly events: EventLog;
  readonly showProblem: (problem: unknown) => void;
}

/** Listening with the microphone, from permission to stop, over changes of the model's backend. */
export class Live {
  onStop: () => void = () => undefined;
  readonly #views: LiveViews;
  readonly #pace = findElement("pace", HTMLParagraphElement);
  #microphone: Microphone | undefined;
  #labels: readonly string[] = [];
  #windowSeconds = 0;
  #isSilent = false;

  constructor(views: LiveViews) {
    this.#views = views;
  }

  get isOn(): boolean {
    return this.#microphone !== undefined;
  }

  /** @throws DOMException or PageProblem when there is no microphone to be had */
  async start(session: OpenSession): Promise<void> {
    this.#microphone = await openMicrophone(() => void this.stop());
    this.#views.stage.startLive(session.opened.info);
    this.#views.verdict.say("Listening", "", "The first answer comes in a moment.");
    this.listenWith(session);
  }

  /** Lets another session go on with the sound. */
  listenWith({ client, opened }: OpenSession): void {
    if (this.#microphone === undefined) return;
    this.#labels = opened.info.labels;
    this.#windowSeconds = opened.info.windowSeconds;
    const options = {
      blocks: this.#microphone.connect(),
      sampleRateHz: this.#microphone.sampleRateHz,
      startSeconds: this.#views.stage.liveSeconds,
      onReport: (report: LiveReport) => {
        this.#show(report);
      },
    };
    client.listen(options).catch((problem: unknown) => {
      if (problem instanceof PageProblem && problem.code === "closed") return; // another backend goes on
      this.#views.showProblem(problem);
      void this.stop();
    });
  }

  async stop(session?: OpenSession): Promise<void> {
    const microphone = this.#microphone;
    if (microphone === undefined) return;
    this.#microphone = undefined;
    this.#views.events.endAll(this.#views.stage.liveSeconds);
    this.#pace.textContent = atRest;
    this.onStop();
    await Promise.all([microphone.close(), session?.client.stop()]);
  }

  #show(report: LiveReport): void {
    if (!this.isOn) return; // what was still under way
    const { stage, events } = this.#views;
    switch (report.kind) {
      case "frames":
        stage.pushFrames(report.frames);
        return;
      case "score":
        stage.pushScore(report.score);
        this.#nameTop(report.score, report.isProvisional);
        return;
      case "event":
        events.end(report.label, report.startSeconds, report.endSeconds, report.confidence);
        return;
      case "pace":
        this.#showPace(report.pace);
    }
  }

  #nameTop({ probabilities, startSeconds }: Score, isProvisional: boolean): void {
    const probability = Math.max(...probabilities);
    const label = at(this.#labels, probabilities.indexOf(probability));
    const { verdict, events, stage } = this.#views;
    const note = isProvisional ? "of the sound so far" : `over the last ${this.#windowSeconds} s`;
    const kicker = `Listening · ${formatClock(stage.liveSeconds)}`;
    if (this.#isSilent) verdict.say(kicker, "Silence", "The microphone gives no sound. Is it muted?");
    else verdict.name(kicker, label, probability, note);
    if (!isProvisional && probability >= eventThreshold) events.begin(label, startSeconds);
  }

  #showPace({ inferencesPerSecond, scoredFraction, peak }: Pace): void {
    this.#isSilent = peak < silentPeak;
    const answers = `${inferencesPerSecond.toFixed(1)} answers a second`;
    this.#pace.textContent =
      scoredFraction > 0.99
        ? `${answers}, all of the sound classified`
        : `${answers}; too slow for all: ${formatPercent(scoredFraction)} of the sound classified`;
  }
}
