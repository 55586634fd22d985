// The names the app uses for what the server sends. Everything comes from the generated document.
import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['UserProfile'];
export type Grant = Schemas['SignedIn'];
export type ProfileUpdate = Schemas['UpdateProfileRequest'];
export type Session = Schemas['SessionView'];
export type Voice = Schemas['VoiceView'];
export type SpeechFormat = 'mp3' | 'wav' | 'opus' | 'flac' | 'aac';
export type SpeechRequest = Schemas['SpeechRequest'] & { format?: SpeechFormat };
export type Quote = Schemas['Quote'];
export type Generation = Schemas['GenerationView'];
export type Receipt = Schemas['Receipt'];
export type Audio = Schemas['AudioView'];
export type AudioPage = Schemas['PageOfAudioView'];
export type Credits = Schemas['CreditsView'];
export type Entry = Schemas['CreditEntryView'];
export type Usage = Schemas['UsageView'];
export type UsageUnits = Schemas['UsageUnits'];
export type UsageSeries = Schemas['UsageSeries'];
export type PeriodUsage = Schemas['PeriodUsage'];
export type ApiKey = Schemas['ApiKeyView'];
export type ApiKeyRequest = Schemas['ApiKeyRequest'];
export type AdminModel = Schemas['AdminModelView'];
export type AdminPrice = Schemas['AdminPriceView'];
export type ProviderKey = Schemas['ProviderKeyView'];
export type ProviderKeyRequest = Schemas['ProviderKeyRequest'];
export type AdminProvider = Schemas['ProviderView'];
export type PoolKey = Schemas['PoolKeyView'];
export type PoolKeyChange = Schemas['PoolKeyChangeRequest'];
export type ModelChange = Schemas['ModelChangeRequest'];
export type ModelPrice = Schemas['ModelPriceRequest'];
