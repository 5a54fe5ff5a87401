export function installPackages(root: string): Promise<"present" | "installed">;
export function isStamped(root: string): Promise<boolean>;
export function matchesLock(root: string): Promise<boolean>;
