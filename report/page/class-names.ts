/** Class names as people say them, in the same order: `001 - Dog bark` becomes `Dog bark`, `sea_waves` `sea waves`. */
export function nameClasses(labels: readonly string[]): string[] {
  const names = labels.map((label) => {
    const spoken = label
      .replace(/^\d+\s*[-–.]\s*/, "")
      .replaceAll("_", " ")
      .trim();
    return spoken === "" ? label : spoken;
  });
  const distinct = new Set(names).size === names.length;
  return distinct ? names : [...labels];
}
