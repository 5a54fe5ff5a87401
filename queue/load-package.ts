import { UserError } from "../common/user-error.ts";

/**
 * Loads a package that only queues need, when one is asked for.
 * @throws UserError naming the command that installs it
 */
export async function loadPackage<Module>(
  option: string,
  names: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
    if (!isMissing) throw error;
    throw new UserError(
      `${option}: expected the packages ${names}, got none; install them: npm install ${names}`,
      { cause: error },
    );
  }
}
