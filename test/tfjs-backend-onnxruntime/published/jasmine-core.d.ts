/** The part of jasmine-core that we use; it has no types of its own. */
declare module "jasmine-core" {
  export interface Result {
    readonly fullName: string;
    readonly status: string;
    readonly failedExpectations: readonly { readonly message: string }[];
  }
  interface Reporter {
    specStarted?(): void;
    specDone?(result: Result): void;
    suiteDone?(result: Result): void;
    jasmineDone?(result: Pick<Result, "failedExpectations">): void;
  }
  interface Environment {
    configure(options: { readonly random: boolean; readonly forbidDuplicateNames: boolean }): void;
    addReporter(reporter: Reporter): void;
    execute(): Promise<unknown>;
  }
  interface Jasmine {
    /** Makes describe, it, expect and the others global. */
    installGlobals(): void;
    readonly jasmine: { getEnv(): Environment };
  }
  const core: Jasmine;
  export default core;
}
