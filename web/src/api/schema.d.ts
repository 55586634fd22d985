/** Written by hand in the shape openapi-typescript gives, until `npm run api:types` has a document to read. */
interface Ok<T> {
  headers: { [name: string]: unknown };
  content: { 'application/json': { success: boolean; data: T; message: string } };
}
interface Nothing {
  headers: { [name: string]: unknown };
  content?: never;
}
interface None {
  query?: never;
  header?: never;
  path?: never;
  cookie?: never;
}
interface Op<Body, Result, Query = never, Path = never, Status extends number = 200> {
  parameters: {
    query?: Query;
    header?: { 'Idempotency-Key'?: string; Prefer?: string };
    path: Path;
    cookie?: never;
  };
  requestBody: { content: { 'application/json': Body } };
  responses: Record<Status, Ok<Result>>;
}
interface Get<Result, Query = never> {
  parameters: { query?: Query; header?: never; path?: never; cookie?: never };
  requestBody?: never;
  responses: { 200: Ok<Result> };
}
interface GetOne<Result> {
  parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
  requestBody?: never;
  responses: { 200: Ok<Result> };
}
interface Act<Result> {
  parameters: {
    query?: never;
    header?: { 'Idempotency-Key'?: string };
    path: { id: string };
    cookie?: never;
  };
  requestBody?: never;
  responses: { 200: Ok<Result> };
}
interface Post<Body, Result, Status extends number = 200> {
  parameters: {
    query?: never;
    header?: { 'Idempotency-Key'?: string; Prefer?: string };
    path?: never;
    cookie?: never;
  };
  requestBody: { content: { 'application/json': Body } };
  responses: Record<Status, Ok<Result>>;
}
type S = components['schemas'];

export interface paths {
  '/api/auth/register': { parameters: None; post: Post<S['RegisterRequest'], S['Grant'], 201> };
  '/api/auth/login': { parameters: None; post: Post<S['LoginRequest'], S['Grant']> };
  '/api/auth/me': {
    parameters: None;
    get: Get<S['User']>;
    put: Post<S['UpdateProfile'], S['User']>;
    delete: Post<S['DeleteAccount'], null>;
  };
  '/api/auth/password': { parameters: None; put: Post<S['ChangePassword'], null> };
  '/api/auth/sessions': { parameters: None; get: Get<S['Session'][]> };
  '/api/auth/sessions/{id}': { parameters: None; delete: Act<null> };
  '/api/voices': { parameters: None; get: Get<S['Voice'][]> };
  '/api/tts/quote': { parameters: None; post: Post<S['QuoteRequest'], S['Quote']> };
  '/api/tts/generate': { parameters: None; post: Post<S['SpeechRequest'], S['SpeechAccepted']> };
  '/api/generations': {
    parameters: None;
    get: Get<S['GenerationPage'], { limit?: number; cursor?: string; status?: string }>;
  };
  '/api/generations/{id}': { parameters: None; get: GetOne<S['Generation']> };
  '/api/generations/{id}/receipt': { parameters: None; get: GetOne<S['Receipt']> };
  '/api/generations/{id}/cancel': { parameters: None; post: Act<S['Generation']> };
  '/api/audios': {
    parameters: None;
    get: Get<
      S['AudioPage'],
      { q?: string; tag?: string; sort?: string; deleted?: boolean; limit?: number; cursor?: string }
    >;
  };
  '/api/audios/{id}': {
    parameters: None;
    get: GetOne<S['Audio']>;
    put: Op<S['UpdateAudio'], S['Audio'], never, { id: string }>;
    delete: Act<null>;
  };
  '/api/audios/{id}/restore': { parameters: None; post: Act<S['Audio']> };
  '/api/audios/{id}/edit': {
    parameters: None;
    post: Op<S['EditAudio'], S['SpeechAccepted'], never, { id: string }>;
  };
  '/api/credits': { parameters: None; get: Get<S['Credits']> };
  '/api/credits/entries': {
    parameters: None;
    get: Get<S['EntryPage'], { kind?: string; from?: string; to?: string; limit?: number; cursor?: string }>;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    RegisterRequest: {
      username: string;
      email: string;
      password: string;
      firstName?: string | null;
      lastName?: string | null;
      agreement: boolean;
      setupToken?: string | null;
    };
    LoginRequest: { login: string; password: string };
    Grant: { user: S['User']; accessToken: string; expiresIn: number };
    User: {
      id: string;
      username: string;
      email: string;
      firstName: string | null;
      lastName: string | null;
      avatar: string | null;
      preferences: S['Preferences'];
      role: 'user' | 'admin';
      status: string;
      createdAt: string;
    };
    Preferences: {
      theme: 'system' | 'light' | 'dark';
      language: 'en' | 'zh-CN';
      notifications: boolean;
    };
    UpdateProfile: {
      username?: string;
      email?: string;
      firstName?: string | null;
      lastName?: string | null;
      avatar?: string | null;
      preferences?: S['Preferences'];
    };
    DeleteAccount: { password: string };
    ChangePassword: { currentPassword: string; newPassword: string };
    Session: {
      id: string;
      createdAt: string;
      lastSeenAt: string;
      userAgent: string | null;
      address: string | null;
      current: boolean;
    };
    Voice: {
      id: string;
      name: string;
      provider: string;
      model: string;
      language: string;
      gender: string | null;
      description: string | null;
      previewUrl: string | null;
      pricePerThousandCharacters: number;
    };
    SpeechRequest: {
      text: string;
      voiceId: string;
      speed?: number;
      format?: 'mp3' | 'wav' | 'opus' | 'flac' | 'aac';
      title?: string | null;
      tags?: string[] | null;
    };
    QuoteRequest: S['SpeechRequest'] & { audioId?: string | null };
    Quote: {
      credits: number;
      ceiling: number;
      lines: { what: string; units: number; unit: string; price: number; credits: number; cached: boolean }[];
    };
    SpeechAccepted: {
      generationId: string;
      id?: string | null;
      url?: string | null;
      duration?: number | null;
      format?: string | null;
      bytes?: number | null;
      credits?: number | null;
    };
    Generation: {
      id: string;
      kind: string;
      status: 'queued' | 'running' | 'succeeded' | 'failed' | 'canceled';
      progress: number;
      stage: string | null;
      model: string;
      provider: string;
      credits: number | null;
      ceiling: number;
      createdAt: string;
      startedAt: string | null;
      finishedAt: string | null;
      error: { code: string; message: string } | null;
      assets: { id: string; kind: string; url: string }[];
      timeline: { at: string; stage: string; detail: string | null }[];
    };
    GenerationPage: { items: S['Generation'][]; nextCursor: string | null };
    Receipt: {
      generationId: string;
      provider: string;
      model: string;
      lines: {
        what: string;
        units: number;
        unit: string;
        price: number;
        priceSource: string;
        credits: number;
        cached: boolean;
      }[];
      credits: number;
      ceiling: number;
      retries: number;
      providerCostUsd?: number | null;
    };
    Audio: {
      id: string;
      kind: string;
      title: string;
      tags: string[];
      url: string;
      mimeType: string;
      bytes: number;
      duration: number;
      generationId: string;
      credits: number;
      createdAt: string;
      deletedAt?: string | null;
      text?: string | null;
      voiceId?: string | null;
      speed?: number | null;
      format?: string | null;
      peaks?: number[] | null;
    };
    AudioPage: { items: S['Audio'][]; nextCursor: string | null };
    UpdateAudio: { title?: string; tags?: string[] };
    EditAudio: { text: string };
    Credits: {
      totalCredits: number;
      usedCredits: number;
      heldCredits: number;
      remainingCredits: number;
      grants: S['CreditGrant'][];
      debt: number;
    };
    CreditGrant: {
      id: string;
      source: string;
      total: number;
      remaining: number;
      expiresAt: string | null;
      createdAt: string;
    };
    Entry: {
      id: string;
      kind: string;
      amount: number;
      at: string;
      generationId?: string | null;
      description?: string | null;
      balanceAfter?: number | null;
    };
    EntryPage: { items: S['Entry'][]; nextCursor: string | null };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
