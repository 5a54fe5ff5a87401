/** Names of classes that are the place where sounds are recorded: under sounds of the classes, and as negatives. */
const bedNames: readonly string[] = ["background", "noise", "silence", "none"];

/** Names of classes that are sounds of no class: negatives alone, for other sounds lie in them. */
export const otherNames: readonly string[] = ["other", "unknown"];

/** Whether a class of that name is background, whatever its case. */
export function isBackgroundName(name: string): boolean {
  const usual = name.trim().toLowerCase();
  return bedNames.includes(usual) || otherNames.includes(usual);
}
