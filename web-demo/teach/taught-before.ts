/** The database of classes and clips, which is made when teaching begins. */
export const teachDatabase = "earshot teach";

/**
 * Whether there is something to come back to: a page without it loads nothing of what teaching needs. The database
 * itself is asked for: a note beside it (`localStorage`) is written seconds later, and lost where the browser is killed.
 */
export async function hasTaughtBefore(): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some(({ name }) => name === teachDatabase);
  } catch {
    return false; // storage is forbidden
  }
}
