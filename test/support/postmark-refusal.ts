import { Errors } from 'postmark';

/** The code, HTTP status and text with which the official client's call is refused. Throws when it is not. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ code: number; status: number; message: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Errors.PostmarkError)) throw error;
    return { code: error.code, status: error.statusCode, message: error.message };
  }
  throw new Error('The call was not refused.');
}
