// The names the app uses for what the server sends. Everything comes from the generated document.
import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['User'];
export type Grant = Schemas['Grant'];
export type Session = Schemas['Session'];
export type ProfileUpdate = Schemas['UpdateProfile'];
export type Voice = Schemas['Voice'];
export type SpeechRequest = Schemas['SpeechRequest'];
export type SpeechFormat = NonNullable<SpeechRequest['format']>;
export type Quote = Schemas['Quote'];
export type QuoteLine = Quote['lines'][number];
export type Generation = Schemas['Generation'];
export type Receipt = Schemas['Receipt'];
export type Audio = Schemas['Audio'];
export type AudioPage = Schemas['AudioPage'];
export type Credits = Schemas['Credits'];
export type CreditGrant = Schemas['CreditGrant'];
export type Entry = Schemas['Entry'];
export type EntryPage = Schemas['EntryPage'];
