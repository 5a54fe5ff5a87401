import { UserError } from "../../../common/user-error.ts";
import { describeError } from "../../../common/describe-error.ts";

/** What a decoder throws is its file's fault: a header or a packet that it cannot read. */
export function createDecoderError(codec: string, name: string, error: unknown): UserError {
  const reason = describeError(error);
  return new UserError(
    `${name}: expected ${codec} audio, got an error of its decoder: ${reason.slice(0, 200).replace(/\s+/g, " ")}`,
    { cause: error },
  );
}

/** Sets a decoder up by a file's headers. @throws UserError */
export async function setUpDecoder<Decoder>(
  codec: string,
  name: string,
  setUp: () => Decoder | Promise<Decoder>,
): Promise<Decoder> {
  try {
    return await setUp();
  } catch (error) {
    throw createDecoderError(codec, name, error);
  }
}
