/** Whether there is something to come back to: a page without it loads nothing of what teaching needs. */
const key = "earshot teach";

export function hasTaughtBefore(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false; // storage is forbidden
  }
}

export function rememberTeaching(): void {
  try {
    localStorage.setItem(key, "1");
  } catch {
    // Storage is forbidden, which the store says when it has something to keep.
  }
}
