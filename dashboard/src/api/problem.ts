/** An answer that is an error: RFC 9457 problem details with a stable `code`. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: { field: string; problem: string }[] = [],
    /** Seconds to wait before another try, where the server said so. */
    readonly after = 0,
  ) {
    super(detail);
    this.name = 'Problem';
  }

  /** Whether the same request may succeed a little later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const after = Number(response.headers.get('retry-after')) || 0;
  try {
    const body = (await response.clone().json()) as {
      code?: string;
      detail?: string;
      errors?: Problem['fields'];
    };
    if (body.code)
      return new Problem(response.status, body.code, body.detail ?? '', body.errors ?? [], after);
  } catch {
    // no JSON: a proxy answered
  }
  return new Problem(response.status, 'http_error', `The server answered ${response.status}.`, [], after);
}

/** Nothing answered: status 0. */
export const offline = () =>
  new Problem(0, 'offline', 'Parley cannot be reached. Your device may be offline.');

/** What browsers say when a page's script cannot be loaded. */
const SCRIPT_IS_AWAY = /dynamically imported module|importing a module script failed|unable to preload css/i;

/** What went wrong, of anything that was thrown. What neither the server nor the network caused is a fault of the page. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const said = error instanceof Error ? error.message : String(error);
  return SCRIPT_IS_AWAY.test(said) ? offline() : new Problem(500, 'unexpected', said);
}
