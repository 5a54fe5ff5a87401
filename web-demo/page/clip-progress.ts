import { measureWavSeconds } from "../microphone/recording.ts";
import { reachesThreshold } from "../../runtime/thresholds.ts";
import { formatClock, formatMs, formatPercent } from "../views/format.ts";
import type { SampleChips } from "../views/sample-chips.ts";
import { judge, type Verdict } from "../views/verdict.ts";
import type { ClipAnswer, ClipReport } from "../worker/protocol.ts";
import type { Segment } from "./segments.ts";
import type { ShownSound } from "./shown-sound.ts";
import type { Stage } from "./stage.ts";

export interface ClipViews {
  readonly stage: Stage;
  readonly verdict: Verdict;
  readonly chips: SampleChips;
  readonly shown: ShownSound;
}

/** A sound to classify, and what the page calls it. */
export interface ClipRequest {
  readonly name: string;
  readonly title: string;
  readonly blob: Blob;
  readonly plays: boolean;
}

/** One classification on its way to the page: every report is shown as it comes, and the headline at the end. */
export class ClipProgress {
  readonly #views: ClipViews;
  readonly #request: ClipRequest;
  #seconds = 0;
  #doneSeconds = 0;
  #isShort = true;
  #isSilent = false;
  #answer: ClipAnswer | undefined;
  #note = "";

  constructor(views: ClipViews, request: ClipRequest) {
    this.#views = views;
    this.#request = request;
  }

  show(report: ClipReport): void {
    const { stage, shown, verdict } = this.#views;
    switch (report.kind) {
      case "answer":
        this.#answer = report.answer;
        this.#takeAnswer(report.answer);
        this.showHeadline();
        return;
      case "sound": {
        const { isShort, isSilent } = report.sound;
        this.#seconds = measureWavSeconds(report.sound);
        this.#isShort = isShort;
        this.#isSilent = isSilent;
        shown.load(report.sound);
        // Sound waits for a first touch of the page, and would then answer that touch, whatever it meant.
        if (this.#request.plays && navigator.userActivation.hasBeenActive) void stage.playFrom(0);
        return;
      }
      case "picture":
        stage.startPicture(report.picture);
        return;
      case "frames":
        stage.pushFrames(report.frames);
        return;
      case "scores":
        shown.addScores(report.scores, { inLog: !this.#isShort });
        this.#doneSeconds = report.scores.at(-1)?.endSeconds ?? this.#doneSeconds;
        if (this.#answer === undefined)
          verdict.showProgress(
            this.#doneSeconds / this.#seconds,
            `${formatClock(this.#doneSeconds)} of ${formatClock(this.#seconds)}`,
          );
    }
  }

  end(): void {
    this.#views.shown.end();
    this.showHeadline();
  }

  /** The user has stopped it: what was found until then stays, and is called a part. */
  endEarly(): void {
    this.#note = ` Cancelled after ${formatClock(this.#doneSeconds)}.`;
    this.#seconds = this.#doneSeconds;
    this.end();
  }

  /** The answer in words, at the thresholds of now. */
  showHeadline(): void {
    const { verdict, shown } = this.#views;
    const { title } = this.#request;
    const length = formatLength(this.#seconds);
    if (this.#answer !== undefined) {
      const { answer, clipSeconds, inferenceMs } = this.#answer;
      const note = `${clipSeconds.toFixed(1)} s of sound in ${formatMs(inferenceMs)}`;
      const named = answer.filter((score) => reachesThreshold(score, shown.thresholds));
      if (shown.isMultiLabel && named.length > 1) {
        const figures = named.map(({ probability }) => formatPercent(probability)).join(", ");
        verdict.say("answer", title, named.map(({ label }) => label).join(" + "), `${figures}, ${note}`);
        return;
      }
      const [best = answer[0]] = shown.isMultiLabel ? named : [];
      verdict.name("answer", title, best, note, judge(best, shown.thresholds));
      return;
    }
    if (this.#isSilent) {
      const detail = `${length} of digital silence, which has none of the classes.${this.#note}`;
      verdict.say("answer", title, "Silence", detail);
      return;
    }
    const { segments } = shown;
    if (segments.length === 0) {
      const detail = `No class reaches its threshold in ${length}.${this.#note}`;
      verdict.say("rejected", title, "Nothing it knows", detail);
      return;
    }
    const [only] = segments;
    if (only !== undefined && segments.length === 1) {
      const span = `${formatClock(only.startSeconds)} to ${formatClock(only.endSeconds)}`;
      const detail = `${formatPercent(only.confidence)}, from ${span} of ${length}.${this.#note}`;
      verdict.say("answer", title, only.label, detail);
      return;
    }
    verdict.say(
      "answer",
      title,
      `${segments.length} sounds in ${length}`,
      `${countLabels(segments)}.${this.#note}`,
    );
  }

  #takeAnswer({ answer, clipSeconds }: ClipAnswer): void {
    const { stage, shown } = this.#views;
    stage.showAnswer(answer);
    const mayBeNamed = shown.isMultiLabel ? answer : [answer[0]];
    shown.setWhole(
      mayBeNamed.map(({ label, probability: confidence }) => ({
        label,
        confidence,
        startSeconds: 0,
        endSeconds: clipSeconds,
      })),
    );
  }
}

/** Minutes and seconds: 9:55. */
function formatLength(seconds: number): string {
  return formatClock(Math.round(seconds)).replace(/\.0$/, "");
}

const maxListed = 4;

/** "Dog bark 4, Rain 3", the most frequent first. */
function countLabels(segments: readonly Segment[]): string {
  const counts = new Map<string, number>();
  for (const { label } of segments) counts.set(label, (counts.get(label) ?? 0) + 1);
  const ranked = [...counts].sort((one, other) => other[1] - one[1]);
  const listed = ranked.slice(0, maxListed).map(([label, count]) => `${label} ${count}`);
  const others = ranked.length - listed.length;
  return [...listed, ...(others > 0 ? [`and ${others} more`] : [])].join(", ");
}
