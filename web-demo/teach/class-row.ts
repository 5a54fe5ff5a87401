import { makeElement } from "../views/elements.ts";
import type { TaughtClass, TaughtClip } from "./clip-store.ts";
import { drawPeaks } from "./trim-dialog.ts";

/** What can be done with a class and its clips. */
export interface ClassActions {
  /** @returns whether the name was taken */
  readonly onRename: (name: string) => boolean;
  readonly onRemove: () => void;
  /** Resolves when the microphone records, or will not. */
  readonly onHold: () => Promise<void>;
  readonly onRelease: () => Promise<void>;
  readonly onFiles: (files: Iterable<File>) => void;
  readonly onPlay: (clip: TaughtClip) => void;
  readonly onTrim: (clip: TaughtClip) => void;
  readonly onRemoveClip: (clip: TaughtClip) => void;
}

/** Thumbnails that are drawn; the others are counted. */
const maxThumbnails = 24;

/** A class of the card: its name, buttons that add clips, and its clips as small pictures. */
export class ClassRow {
  readonly item = makeElement("li", { className: "class" });
  /** Whether it is in sight or nearly so: only then are its clips drawn. */
  isNear = false;
  readonly #actions: ClassActions;
  readonly #name = makeElement("input");
  readonly #count = makeElement("span", { className: "count" });
  readonly #clips = makeElement("ul", { className: "clips" });
  readonly #others = makeElement("p", { className: "note" });
  readonly #shown = new Map<number, { readonly clip: TaughtClip; readonly item: HTMLLIElement }>();
  #className: string;
  #clipCount = 0;

  constructor({ name }: TaughtClass, actions: ClassActions) {
    this.#actions = actions;
    this.#className = name;
    this.#name.value = name;
    this.#name.setAttribute("aria-label", "Name of the class");
    this.#name.addEventListener("change", () => {
      if (!actions.onRename(this.#name.value)) this.#name.value = this.#className;
      this.#className = this.#name.value;
    });
    const head = makeElement("div", { className: "class-head" });
    head.append(
      this.#name,
      this.#count,
      this.#makeHoldButton(),
      ...this.#makeFileButton(),
      this.#makeRemoveButton(),
    );
    this.item.append(head, this.#clips, this.#others);
    this.#takeDrops();
  }

  show(clips: readonly TaughtClip[]): void {
    this.#clipCount = clips.length;
    this.#count.textContent = clips.length === 1 ? "1 clip" : `${clips.length} clips`;
    if (!this.isNear) return;
    const newest = clips.slice(-maxThumbnails);
    const current = new Set(newest.map(({ id }) => id));
    for (const [id, { item }] of this.#shown) {
      if (current.has(id)) continue;
      item.remove();
      this.#shown.delete(id);
    }
    for (const clip of newest) {
      const before = this.#shown.get(clip.id);
      if (before?.clip === clip) continue;
      const item = this.#makeClip(clip);
      if (before === undefined) this.#clips.append(item);
      else before.item.replaceWith(item); // trimmed
      this.#shown.set(clip.id, { clip, item });
    }
    const others = clips.length - newest.length;
    this.#others.hidden = others === 0;
    this.#others.textContent = `and ${others} more, which are not drawn`;
  }

  #makeHoldButton(): HTMLButtonElement {
    const button = makeElement("button", { className: "hold", text: "Hold to record" });
    button.type = "button";
    let isHeld = false;
    const hold = () => {
      if (isHeld) return;
      isHeld = true;
      button.textContent = "Opening…"; // the first time, the browser asks
      void this.#actions.onHold().then(() => {
        if (!isHeld) return;
        button.classList.add("recording");
        button.textContent = "Recording…";
      });
    };
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      button.classList.remove("recording");
      button.textContent = "Hold to record";
      void this.#actions.onRelease();
    };
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      hold();
    });
    button.addEventListener("pointerup", release);
    button.addEventListener("pointercancel", release);
    button.addEventListener("contextmenu", (event) => {
      event.preventDefault(); // a long touch is what is wanted
    });
    button.addEventListener("keydown", ({ key }) => {
      if (key === " " || key === "Enter") hold();
    });
    button.addEventListener("keyup", release);
    button.addEventListener("blur", release);
    return button;
  }

  #makeFileButton(): HTMLElement[] {
    const input = makeElement("input");
    input.type = "file";
    input.accept = "audio/*,video/mp4,video/webm";
    input.multiple = true;
    input.hidden = true;
    input.addEventListener("change", () => {
      this.#actions.onFiles([...(input.files ?? [])]);
      input.value = "";
    });
    const button = makeElement("button", { text: "Add files" });
    button.type = "button";
    button.addEventListener("click", () => {
      input.click();
    });
    return [button, input];
  }

  #makeRemoveButton(): HTMLButtonElement {
    const button = makeCross();
    button.setAttribute("aria-label", `Remove the class ${this.#className}`);
    button.addEventListener("click", () => {
      const isSure = this.#clipCount === 0 || confirm(`Remove ${this.#className} and its clips?`);
      if (isSure) this.#actions.onRemove();
    });
    return button;
  }

  #makeClip(clip: TaughtClip): HTMLLIElement {
    const item = makeElement("li");
    const play = makeElement("button", { className: "thumbnail" });
    play.type = "button";
    play.title = clip.name;
    play.setAttribute("aria-label", `Play ${clip.name}, ${clip.seconds.toFixed(1)} s`);
    play.append(drawPeaks(clip.peaks));
    play.addEventListener("click", () => {
      this.#actions.onPlay(clip);
    });
    const remove = makeCross();
    remove.setAttribute("aria-label", `Delete ${clip.name}`);
    remove.addEventListener("click", () => {
      this.#actions.onRemoveClip(clip);
    });
    const trim = makeElement("button", { className: "link", text: clip.trimmed ? "Trimmed" : "Trim" });
    trim.type = "button";
    trim.setAttribute("aria-label", `Trim ${clip.name}`);
    trim.addEventListener("click", () => {
      this.#actions.onTrim(clip);
    });
    item.append(play, trim, remove);
    return item;
  }

  /** Files that are dropped on a class are its clips; elsewhere on the page they are classified. */
  #takeDrops(): void {
    this.item.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.item.classList.add("target");
    });
    this.item.addEventListener("dragleave", () => {
      this.item.classList.remove("target");
    });
    this.item.addEventListener("drop", (event) => {
      this.item.classList.remove("target");
      const files = [...(event.dataTransfer?.files ?? [])].filter(({ name }) => !/\.(onnx|zip)$/i.test(name));
      if (files.length === 0) return; // a model, or an archive of classes
      event.preventDefault();
      event.stopPropagation();
      document.querySelector(".stage")?.classList.remove("dragging");
      this.#actions.onFiles(files);
    });
  }
}

/** The style sheet draws its sign, which is no text to be read aloud: the label says what it does. */
function makeCross(): HTMLButtonElement {
  const button = makeElement("button", { className: "remove" });
  button.type = "button";
  return button;
}
