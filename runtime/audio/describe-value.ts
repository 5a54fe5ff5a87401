const maxNameLength = 120;

/**
 * The class of a value, whatever realm it is of: in Jest, Electron and iframes a Float32Array is no instance of this
 * realm's. `undefined` for what is no object.
 */
export function findTag(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** What a value is, in a few words: never what is in it, which may be megabytes or secret. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const tag = findTag(value);
  if (tag === undefined) {
    if (typeof value === "string") return value === "" ? "empty text" : `text of ${value.length} characters`;
    return typeof value === "number" ? `the number ${value}` : `a ${typeof value}`;
  }
  if (ArrayBuffer.isView(value)) return `${tag} of ${value.byteLength} bytes`;
  if (tag === "Object")
    return Object.keys(value).length === 0 ? "an empty object" : "an object of another kind";
  return `an object of class ${tag.slice(0, 40)}`;
}

/** A name for messages: its beginning, when it is longer than a name should be. */
export function shortenName(name: string): string {
  return name.length <= maxNameLength ? name : `${name.slice(0, maxNameLength - 1)}…`;
}
