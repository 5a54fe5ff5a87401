import "../style/teach.css";
import { findElement, makeElement, saveFile } from "../views/elements.ts";
import { formatDifference, formatMs, formatPercent } from "../views/format.ts";
import { ClassRow } from "./class-row.ts";
import { ClipStore, type TaughtClass, type TaughtClip } from "./clip-store.ts";
import { HoldRecorder } from "./hold-to-record.ts";
import { cutWav, makeWavBlob, readWavSound } from "../microphone/recording.ts";
import { type Taught, type TaughtUse, Teacher, type TeachHost } from "./teacher.ts";
import { openTrimDialog } from "./trim-dialog.ts";

/** How many are laid out and painted in one frame. */
const rowsPerFrame = 2;
/** How far out of sight clips are drawn already: half a screen. */
const nearMargin = "50% 0px";
const uses: Readonly<Record<TaughtUse, string>> = {
  now: "the page answers by it now",
  "next sound": "it answers from the next sound on, or by the button above",
  "when chosen": "it answers by the button above",
};

/** Opens the card: classes as they were left, or two to begin with, the background first. */
export async function openTeachCard(host: TeachHost): Promise<TeachCard> {
  const store = await ClipStore.open();
  if (store.classes.length === 0) for (const name of ["Background", "My sound"]) store.addClass(name);
  return new TeachCard(new Teacher(store, host), host);
}

/** The card under the stage: classes with their clips, what was trained on them, and what can be taken away. */
export class TeachCard {
  readonly teacher: Teacher;
  readonly #host: TeachHost;
  readonly #rows = new Map<number, ClassRow>();
  readonly #list = makeElement("ol", { className: "classes" });
  readonly #status = findElement("teach-status", HTMLParagraphElement);
  readonly #worst = makeElement("ul", { className: "worst" });
  readonly #saveModel = makeButton("Download model.onnx", "primary");
  readonly #saveClips = makeButton("Save clips.zip");
  readonly #sight = new IntersectionObserver(
    (changes) => {
      this.#drawNear(changes);
    },
    { rootMargin: nearMargin },
  );
  readonly #recorder = new HoldRecorder();
  readonly #audio = new Audio();
  #taught: Taught | undefined;
  #rounds = 0;

  constructor(teacher: Teacher, host: TeachHost) {
    this.teacher = teacher;
    this.#host = host;
    this.#build();
    teacher.onChange = () => {
      this.#show();
    };
    teacher.onStatus = () => {
      this.#showStatus();
    };
    this.#show();
    teacher.train();
  }

  /** A part of another sound becomes a clip of a class, which may be new. */
  async addClip(clip: Blob, name: string, className: string): Promise<void> {
    await this.teacher.addSound(this.teacher.findClass(className).id, clip, name);
  }

  #build(): void {
    const add = makeButton("Add a class");
    add.addEventListener("click", () => {
      this.#attempt(async () => Promise.resolve(this.teacher.addClass("New class")));
    });
    const input = makeElement("input");
    input.type = "file";
    input.accept = ".zip";
    input.hidden = true;
    input.addEventListener("change", () => {
      for (const file of input.files ?? []) this.#attempt(() => this.teacher.addArchive(file));
      input.value = "";
    });
    const open = makeButton("Open clips.zip");
    open.addEventListener("click", () => {
      input.click();
    });
    this.#saveModel.addEventListener("click", () => {
      if (this.#taught !== undefined) saveFile(this.#taught.source.blob, "model.onnx");
    });
    this.#saveClips.addEventListener("click", () => {
      this.#attempt(async () => {
        saveFile(await this.teacher.packClips(), "clips.zip");
      });
    });
    const buttons = makeElement("div", { className: "teach-buttons" });
    buttons.append(add, this.#saveModel, this.#saveClips, open, input);
    const content = findElement("teach-content", HTMLDivElement);
    content.replaceChildren(this.#list, this.#worst, buttons);
    content.hidden = false;
  }

  #show(): void {
    const { classes } = this.teacher.store;
    const known = new Set(classes.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (known.has(id)) continue;
      row.item.remove();
      this.#sight.unobserve(row.item);
      this.#rows.delete(id);
    }
    void this.#fillRows();
    this.#showStatus();
  }

  /** Clips are drawn as their rows come into sight. Where all were, a browser would look at each button of them. */
  #drawNear(changes: readonly IntersectionObserverEntry[]): void {
    const near = new Set(changes.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target));
    for (const row of this.#rows.values()) {
      if (!near.has(row.item)) continue;
      row.isNear = true;
      this.#sight.unobserve(row.item);
    }
    void this.#fillRows();
  }

  /** Rows of the clips that there are, some in each frame. */
  async #fillRows(): Promise<void> {
    const round = ++this.#rounds;
    for (const [index, own] of this.teacher.store.classes.entries()) {
      const row = this.#rows.get(own.id) ?? this.#addRow(own);
      row.show(this.teacher.store.listClips(own.id));
      if ((index + 1) % rowsPerFrame !== 0) continue;
      await new Promise(requestAnimationFrame);
      if (round !== this.#rounds) return;
    }
  }

  #addRow(own: TaughtClass): ClassRow {
    const { teacher } = this;
    const row = new ClassRow(own, {
      onRename: (name) => teacher.renameClass(own, name),
      onRemove: () => {
        teacher.removeClass(own.id);
      },
      onHold: () => this.#settle(() => this.#recorder.begin()),
      onRelease: () => this.#settle(() => this.#takeRecording(own)),
      onFiles: (files) => {
        for (const file of files)
          this.#attempt(() => teacher.addSound(own.id, file, file.name.replace(/\.[^.]+$/, "")));
      },
      onPlay: ({ wav }) => {
        this.#play(wav);
      },
      onTrim: (clip) => {
        openTrimDialog(clip, {
          onPlay: (from, to) => {
            this.#attempt(async () => {
              this.#play(cutWav(await readWavSound((clip.trimmed?.whole ?? clip).wav), from, to));
            });
          },
          onKeep: (from, to) => {
            this.#attempt(() => teacher.trimClip(clip, from, to));
          },
        });
      },
      onRemoveClip: (clip) => {
        teacher.removeClip(clip);
      },
    });
    this.#rows.set(own.id, row);
    this.#list.append(row.item);
    this.#sight.observe(row.item);
    return row;
  }

  async #takeRecording({ id, name }: TaughtClass): Promise<void> {
    const recording = await this.#recorder.end();
    if (recording === undefined) {
      this.#status.textContent = "Nothing was recorded: hold the button for as long as it sounds.";
      return;
    }
    const number = this.teacher.store.listClips(id).length + 1;
    await this.teacher.addSound(id, makeWavBlob(recording), `${name} ${number}`);
  }

  #showStatus(): void {
    const { status } = this.teacher;
    this.#taught = status.kind === "taught" ? status.taught : undefined;
    this.#saveModel.disabled = this.#taught === undefined;
    this.#saveClips.disabled = this.teacher.store.clips.length === 0;
    this.#worst.replaceChildren();
    switch (status.kind) {
      case "waiting":
        this.#status.textContent =
          "Record or add a few clips of each class, five of two seconds are enough; two classes make a classifier.";
        return;
      case "embedding":
        this.#status.textContent = `Computing embeddings: ${status.done} of ${status.total} clips`;
        return;
      case "training":
        this.#status.textContent = "Training";
        return;
      case "taught":
        this.#showTaught(status.taught);
    }
  }

  #showTaught({ clips, classes, trainMs, parity, score, use }: Taught): void {
    const made = `Trained on ${clips.length} clips of ${classes} classes in ${formatMs(trainMs)}; ${uses[use]}. `;
    const checked = ` The file answers as the page does, to ${formatDifference(parity)}.`;
    if (score === undefined) {
      this.#status.textContent = `${made}With two recordings of each class, its score can be measured.${checked}`;
      return;
    }
    const { hits, clips: tested, low, high, worst } = score;
    const range = `${Math.round(100 * low)} to ${formatPercent(high)}`;
    this.#status.textContent = `${made}Of clips that it was not trained on, it names ${hits} of ${tested} correctly (95 % interval: ${range}).${checked}`;
    this.#worst.replaceChildren(
      ...worst.flatMap(({ place, label, probability }) => {
        const clip = clips[place];
        return clip === undefined ? [] : [this.#makeWorst(clip, `${label}, ${formatPercent(probability)}`)];
      }),
    );
  }

  #makeWorst(clip: TaughtClip, instead: string): HTMLLIElement {
    const item = makeElement("li");
    const play = makeButton(clip.name, "small");
    play.setAttribute("aria-label", `Play ${clip.name}`);
    play.addEventListener("click", () => {
      this.#play(clip.wav);
    });
    item.append("Named wrongly: ", play, ` as ${instead}. Is it in the right class?`);
    return item;
  }

  #play(wav: Blob): void {
    const address = URL.createObjectURL(wav);
    this.#audio.src = address;
    this.#audio.onended = () => {
      URL.revokeObjectURL(address);
    };
    this.#attempt(() => this.#audio.play());
  }

  #attempt(work: () => Promise<unknown>): void {
    void this.#settle(work);
  }

  async #settle(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (problem) {
      this.#host.showProblem(problem);
    }
  }
}

function makeButton(text: string, className = ""): HTMLButtonElement {
  const button = makeElement("button", { className, text });
  button.type = "button";
  return button;
}
