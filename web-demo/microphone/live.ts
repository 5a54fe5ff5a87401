import { at } from "../../common/at.ts";
import { findTopClass } from "../../runtime/rank-labels.ts";
import { findElement } from "../views/elements.ts";
import { formatClock, formatPercent } from "../views/format.ts";
import { judge, type Verdict } from "../views/verdict.ts";
import type { LiveReport, Pace } from "../worker/protocol.ts";
import type { Score } from "../worker/score.ts";
import { SteadyClass } from "./steady-class.ts";
import { openMicrophone, type Microphone } from "./microphone.ts";
import type { OpenSession } from "../page/model-session.ts";
import { PageProblem } from "../page/page-problem.ts";
import type { Recording } from "./recording.ts";
import type { ShownSound } from "../page/shown-sound.ts";
import type { Stage } from "../page/stage.ts";

const atRest = "While a sound plays, the bars follow the cursor.";

export interface LiveViews {
  readonly stage: Stage;
  readonly verdict: Verdict;
  readonly shown: ShownSound;
  readonly showProblem: (problem: unknown) => void;
}

/** Listening with the microphone, from permission to stop, over changes of the model's backend. */
export class Live {
  /** @param recording the newest minutes of sound; undefined where another sound takes its place */
  onStop: (recording: Recording | undefined) => void = () => undefined;
  readonly #views: LiveViews;
  readonly #pace = findElement("pace", HTMLParagraphElement);
  #microphone: Microphone | undefined;
  #labels: readonly string[] = [];
  #windowSeconds = 0;
  /** End of the newest score that is not of silence. */
  #soundedSeconds = -Infinity;
  #steady = new SteadyClass();

  constructor(views: LiveViews) {
    this.#views = views;
  }

  get isOn(): boolean {
    return this.#microphone !== undefined;
  }

  /** @throws DOMException or PageProblem when there is no microphone to be had */
  async start(session: OpenSession): Promise<void> {
    this.#microphone = await openMicrophone(() => void this.stop(undefined, { keeps: true }));
    this.switchModel(session);
  }

  /** Lets another model go on with the sound: its classes are others, so picture and log begin again. */
  switchModel(session: OpenSession): void {
    if (this.#microphone === undefined) return;
    const { info } = session.opened;
    this.#views.shown.begin("Recording", info, { isLive: true });
    this.#views.stage.startLive(info);
    this.#views.verdict.say("listening", "Listening", "", "The first answer comes in a moment.");
    this.listenWith(session);
  }

  /** Lets another session of the same model go on with the sound. */
  listenWith({ client, opened }: OpenSession): void {
    if (this.#microphone === undefined) return;
    this.#labels = opened.info.labels;
    this.#steady = new SteadyClass();
    this.#soundedSeconds = -Infinity;
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
      void this.stop(undefined, { keeps: true });
    });
  }

  /** @param keeps whether what was recorded is to be shown */
  async stop(session: OpenSession | undefined, { keeps }: { readonly keeps: boolean }): Promise<void> {
    const microphone = this.#microphone;
    if (microphone === undefined) return;
    this.#microphone = undefined;
    this.#pace.textContent = atRest;
    const recording = keeps ? await microphone.takeRecording() : undefined;
    await Promise.all([microphone.close(), session?.client.stop()]);
    this.onStop(recording);
  }

  #show(report: LiveReport): void {
    if (!this.isOn) return; // what was still under way
    const { stage, shown } = this.#views;
    switch (report.kind) {
      case "frames":
        stage.pushFrames(report.frames);
        return;
      case "score":
        stage.pushScore(report.score);
        if (!report.isProvisional) shown.addScores([report.score], { inLog: true });
        this.#showHeadline(report.score, report.isProvisional);
        return;
      case "pace":
        this.#showPace(report.pace);
    }
  }

  #showHeadline(score: Score, isProvisional: boolean): void {
    const { probabilities } = score;
    const { verdict, stage, shown } = this.#views;
    const note = isProvisional ? "of the sound so far" : `over the last ${this.#windowSeconds} s`;
    const kicker = `Listening · ${formatClock(stage.liveSeconds)}`;
    if (probabilities.every((probability) => probability === 0)) {
      // Between two sounds some microphones and browsers give digital silence, too.
      const isMuted = score.endSeconds - this.#soundedSeconds >= this.#windowSeconds;
      const detail = isMuted ? "The microphone gives no sound. Is it muted?" : "No sound at this moment.";
      verdict.say("listening", kicker, "Silence", detail);
      return;
    }
    this.#soundedSeconds = score.endSeconds;
    const named = this.#steady.push(score, shown.thresholds);
    const index = named ?? findTopClass(probabilities);
    const best = { label: at(this.#labels, index), index, probability: at(probabilities, index) };
    verdict.name("listening", kicker, best, note, judge(best, shown.thresholds, named !== undefined));
  }

  #showPace({ inferencesPerSecond, scoredFraction }: Pace): void {
    const answers = `${inferencesPerSecond.toFixed(1)} answers a second`;
    this.#pace.textContent =
      scoredFraction > 0.99
        ? `${answers}, all of the sound classified`
        : `${answers}; too slow for all: ${formatPercent(scoredFraction)} of the sound classified`;
  }
}
