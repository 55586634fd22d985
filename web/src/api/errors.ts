/** One thing that was wrong with a request, as the server names it. */
export interface Fault {
  code: string;
  message: string;
  field?: string | null;
}

/** A refused or failed call: the server's code and sentence, and what the reader needs to act on it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly faults: readonly Fault[];
  /** Quoted to the operator when something is wrong on the server's side. */
  readonly requestId: string | undefined;
  /** Seconds until another try makes sense (429 and 503). */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    message: string,
    more: { faults?: readonly Fault[]; requestId?: string | undefined; retryAfter?: number | undefined } = {},
  ) {
    super(message);
    this.status = status;
    this.faults = more.faults ?? [];
    this.requestId = more.requestId;
    this.retryAfter = more.retryAfter;
  }

  get code(): string {
    return this.faults[0]?.code ?? `HTTP_${this.status}`;
  }

  /** The sentence for one field of a form, if the server complained about it. */
  field(name: string): string | undefined {
    return this.faults.find((f) => f.field?.toLowerCase() === name.toLowerCase())?.message;
  }
}

interface FailureBody {
  message?: string;
  errors?: Fault[] | null;
  requestId?: string;
}

export async function toApiError(response: Response): Promise<ApiError> {
  // whatever a proxy in between may answer: every member is optional
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const body = ((await response.json().catch(() => null)) ?? {}) as FailureBody;
  const after = Number(response.headers.get('Retry-After'));
  return new ApiError(response.status, body.message ?? response.statusText, {
    faults: body.errors ?? [],
    requestId: body.requestId ?? response.headers.get('X-Request-Id') ?? undefined,
    retryAfter: Number.isFinite(after) && after > 0 ? after : undefined,
  });
}
